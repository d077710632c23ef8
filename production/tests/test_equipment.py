"""The equipment file: api.md's own example, its faults by line, and what a second import does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from time import process_time
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.db import ProgrammingError
from django_tenants.utils import schema_context, tenant_context

from amis.errors import Invalid
from production.models import Area, Connection, Line, Machine, ShiftPattern, Signal
from production.services.equipment import import_equipment, lined
from production.services.equipment.document import parse

pytestmark = pytest.mark.django_db

SAMPLE = """\
shift_patterns:
  - {name: three-shift, days: [mon, tue, wed, thu, fri, sat, sun], breaks: [], shifts: [{name: Day, start: "06:00", end: "14:00"},
     {name: Evening, start: "14:00", end: "22:00"}, {name: Night, start: "22:00", end: "06:00"}]}
connections:
  - name: hall2
    endpoint_url: opc.tcp://127.0.0.1:4855/UA/Plant
    security_mode: SignAndEncrypt            # None | Sign | SignAndEncrypt
    security_policy: Basic256Sha256
    username: amis
    password_env: HALL2_PASSWORD             # or password:
    server_certificate: hall2.der            # DER or PEM beside this file; without it an unknown certificate is parked
    publishing_interval_ms: 200
    state_map: {10: Execute, 20: Starting, 30: Aborted, 40: Suspended, 0: Stopped, 99: Idle}    # the vendor's code: PackML state
areas:
  - name: Hall 2
    lines:
      - name: Line 7
        machines:
          - machine_id: F01
            machine_name: Filler
            machine_type: Filling
            capacity: 24000                  # pieces per 8 h shift at ideal speed, or ideal_cycle_s: 1.2
            shift_pattern: three-shift
            connection: hall2
            signals:                         # roles: state produced defective rework speed ideal_speed mode blocked starved process
              - {name: state, role: state, node: "nsu=urn:example:plant;s=F01.State"}
              - {name: total, role: produced, node: "nsu=urn:example:plant;s=F01.Total", counter_bits: 16}
              - {name: scrap, role: defective, node: "nsu=urn:example:plant;i=70011", counter_bits: 16}
              - {name: pressure, role: process, unit: bar, node: "nsu=urn:example:plant;i=70012", sampling_ms: 100, queue_size: 100, min: 0, max: 12}
"""  # noqa: E501


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the server's certificate beside the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall2")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "hall2.der").write_bytes(certificate.public_bytes(Encoding.DER))
    (tmp_path / "hall2.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return tmp_path


@pytest.fixture
def run(folder: Path, chicago):
    """Imports a text into Chicago and returns what the command printed."""

    def run_(text: str, *words: str, tenant: str = "plant_chicago") -> str:
        path, out = folder / "plant.yaml", StringIO()
        path.write_text(text, encoding="utf-8")
        call_command("import_equipment", str(path), "--tenant", tenant, *words, stdout=out)
        return out.getvalue().strip()

    return run_


@pytest.fixture
def faults(folder: Path, chicago):
    """The sentence with which a text is refused."""

    def faults_(text: str) -> str:
        with tenant_context(chicago), pytest.raises(Invalid) as refused:
            import_equipment(text=text, folder=folder)
        return refused.value.message

    return faults_


def rows() -> int:
    return sum(
        model.objects.count() for model in (ShiftPattern, Connection, Area, Line, Machine, Signal)
    )


def test_the_documented_file_works_as_it_is(run, chicago, folder):
    assert run(SAMPLE) == "created 9, updated 0, unchanged 0"
    with tenant_context(chicago):
        hall2 = Connection.objects.get(name="hall2")
        assert (hall2.security_mode, hall2.security_policy) == ("SignAndEncrypt", "Basic256Sha256")
        assert (hall2.username, hall2.password, hall2.password_env) == (
            "amis",
            "",
            "HALL2_PASSWORD",
        )
        assert hall2.state_map["40"] == "Suspended"
        assert bytes(hall2.server_certificate) == (folder / "hall2.der").read_bytes()
        assert hall2.publishing_interval_ms == 200
        filler = Machine.objects.get(machine_id="F01")
        assert (filler.line.name, filler.line.area.name) == ("Line 7", "Hall 2")
        assert (filler.capacity, filler.pri_s) == (24000, 1.2)
        assert filler.shift_pattern.name == "three-shift"
        pressure = filler.signals.get(name="pressure")
        assert (pressure.min_value, pressure.max_value, pressure.sampling_ms) == (0, 12, 100)
        assert filler.signals.get(name="total").counter_bits == 16


def test_a_second_import_changes_nothing_and_disturbs_no_worker(run, chicago):
    run(SAMPLE)
    with tenant_context(chicago):
        before = Connection.objects.get().revision
    assert run(SAMPLE) == "created 0, updated 0, unchanged 9"
    with tenant_context(chicago):
        assert Connection.objects.get().revision == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("opc.tcp://127.0.0.1:4855", "opc.tcp://127.0.0.1:4856"),
        ("i=70011", "i=70099"),
        ("machine_name: Filler", "machine_name: Bottle filler"),
        ("sampling_ms: 100", "sampling_ms: 250"),
    ],
)
def test_a_change_of_connection_machine_or_signal_reaches_the_worker(run, chicago, old, new):
    run(SAMPLE)
    with tenant_context(chicago):
        before = Connection.objects.get().revision
    assert run(SAMPLE.replace(old, new)) == "created 0, updated 1, unchanged 8"
    with tenant_context(chicago):
        assert Connection.objects.get().revision > before


def test_a_dry_run_counts_and_writes_nothing(run, chicago):
    assert run(SAMPLE, "--dry-run") == "created 9, updated 0, unchanged 0"
    with tenant_context(chicago):
        assert rows() == 0


def test_lyon_does_not_see_what_chicago_imports(run, lyon):
    run(SAMPLE)
    with tenant_context(lyon):
        assert rows() == 0


def test_an_unknown_plant_is_a_sentence(run):
    with pytest.raises(CommandError, match="There is no plant plant_oslo"):
        run(SAMPLE, tenant="plant_oslo")


def test_a_missing_file_is_a_sentence(chicago):
    with pytest.raises(CommandError, match=r"nowhere\.yaml cannot be read"):
        call_command("import_equipment", "nowhere.yaml", "--tenant", "plant_chicago")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("30: Aborted", "30: Broken", 13, "'Broken' is not a PackML state"),
        ("role: produced", "role: counter", 27, "'counter' is not one of state, produced"),
        ("machine_type:", "machine_kind:", 21, "unknown key 'machine_kind'"),
        ("areas:", "halls: []\nareas:", 14, "unknown key 'halls'"),
        ("capacity: 24000", "capacity: 24000\n            ideal_cycle_s: 2", 23, "does not agree"),
        ("capacity: 24000", "capacity: -1", 22, "capacity must be more than 0"),
        ("capacity: 24000", "capacity: .nan", 22, "is not a number"),
        ("machine_name: Filler", 'machine_name: "Fil\\aler"', 20, "machine_name holds the control"),
        ("opc.tcp://127", "http://127", 6, "endpoint_url must begin with opc.tcp://"),
        (":4855/UA", "/UA", 6, "endpoint_url needs a host and a port"),
        ("nsu=urn:example:plant;i=70011", "ns=2;i=70011", 28, "must begin with nsu="),
        ("hall2.der", "hall3.der", 11, "hall3.der: No such file"),
        ("min: 0, max: 12", "min: 12, max: 12", 29, "max 12 must be more than min 12"),
        ("breaks: []", 'breaks: [{start: "25:00", end: "26:00"}]', 2, "25:00"),
        ('end: "14:00"', 'end: "15:00"', 3, "overlap"),
        ('start: "22:00"', 'start: "22h"', 3, "'22h' is not a time"),
        ("days: [mon,", "days: [monn,", 2, "'monn' is not one of"),
        ("shift_pattern: three-shift", "shift_pattern: four-shift", 23, "there is no 'four-shift'"),
        ("connection: hall2", "connection: hall9", 24, "there is no 'hall9'"),
        ("username: amis", "username: amis\n    password: x", 11, "exclude each other"),
        ("sampling_ms: 100", "sampling_ms: often", 29, "'often' is not a whole number"),
        ("security_mode: SignAndEncrypt", "security_mode: None", 8, "needs Sign or SignAndEncrypt"),
        ("role: defective", "role: produced", 28, "role produced is given on line 27"),
        ("name: scrap", "name: total", 28, "'total' stands on line 27"),
        ("publishing_interval_ms: 200", "name: hall3", 12, "name is there twice"),
        ("  - name: Hall 2", "  - name: [", 17, "not YAML"),
        ("machine_name: Filler", "machine_name: Fil\x07ler", 20, "U+0007"),
        ("machine_id: F01", "machine_id:", 19, "machine_id is missing"),
        ("machine_id: F01", 'machine_id: "*"', 19, "* stands for all machines"),
        ("capacity: 24000", "capacity: 1e-320", 22, "is not between"),
    ],
)
def test_a_fault_is_named_with_its_line_and_nothing_is_written(
    faults, chicago, old, new, line, words
):
    message = faults(SAMPLE.replace(old, new, 1))
    assert f"line {line}: " in message
    assert words in message
    with tenant_context(chicago):
        assert rows() == 0


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "hello\n"])
def test_a_file_that_holds_no_equipment_is_refused(faults, text):
    assert faults(text) == "line 1: the file must hold shift_patterns, connections, areas."


def test_a_few_aliases_that_stand_for_too_much_are_refused_at_once(faults):
    doubled = ", ".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40))
    metadata = f"metadata: {{a0: &a0 [x], {doubled}}}\n            capacity: 24000"
    assert "metadata must hold keys and values that JSON can keep" in faults(
        SAMPLE.replace("capacity: 24000", metadata)
    )
    hall = "  - name: Hall 2\n    lines: &lines"
    many = SAMPLE.replace("  - name: Hall 2\n    lines:", hall)
    many += "".join(f"  - {{name: Hall {n}, lines: *lines}}\n" for n in range(3, 9))
    with patch.object(lined, "MAX_ENTRIES", 40):
        assert "the file has more than 40 entries" in faults(many)


def test_a_plant_of_three_thousand_machines_is_read_in_seconds(folder):
    machines = ", ".join(f"{{machine_id: X{n}, machine_name: N}}" for n in range(3_000))
    text = f"areas: [{{name: A, lines: [{{name: B, machines: [{machines}]}}]}}]"
    began = process_time()
    equipment, _ = parse(text=text, folder=folder)
    assert len(equipment.machines) == 3_000
    assert process_time() - began < 5


def test_machine_ids_that_differ_only_in_case_are_refused(faults, run, chicago):
    twin = "          - {machine_id: f01, machine_name: Twin}\n"
    assert "line 30: machine_id 'f01' stands on line 19" in faults(SAMPLE + twin)
    run(SAMPLE)
    assert "is there already as 'F01'" in faults(SAMPLE.replace("F01\n", "f01\n"))


def test_all_faults_are_told_at_once(faults):
    message = faults(SAMPLE.replace("Aborted", "Broken").replace("i=70011", "x=1"))
    assert [line.split(":")[0] for line in message.splitlines()] == ["line 13", "line 28"]


def test_what_reads_as_a_number_or_a_boolean_stays_text(run, chicago):
    machines = "[{machine_id: 0010, machine_name: 1e3}]"
    text = f"areas: [{{name: No, lines: [{{name: 007, machines: {machines}}}]}}]"
    assert run(text) == "created 3, updated 0, unchanged 0"
    with tenant_context(chicago):
        machine = Machine.objects.get()
        assert (machine.machine_id, machine.machine_name) == ("0010", "1e3")
        assert (machine.line.name, machine.line.area.name) == ("007", "No")


def test_times_without_quotes_are_times(run, chicago):
    shifts = "[{name: A, start: 06:00, end: 14:00}]"
    run(f"shift_patterns: [{{name: Early, days: [Monday], shifts: {shifts}}}]")
    with tenant_context(chicago):
        pattern = ShiftPattern.objects.get()
    assert pattern.shifts == [{"name": "A", "start": "06:00", "end": "14:00"}]
    assert pattern.days == ["mon"]


def test_a_pem_certificate_is_kept_as_der(run, chicago, folder):
    run(SAMPLE.replace("hall2.der", "hall2.pem"))
    with tenant_context(chicago):
        stored = bytes(Connection.objects.get().server_certificate)
    assert stored == (folder / "hall2.der").read_bytes()


@pytest.mark.parametrize("spelling", ["Aes128_Sha256_RsaOaep", "Aes128Sha256RsaOaep"])
def test_a_policy_may_be_spelt_as_opc_ua_spells_it(run, chicago, spelling):
    run(SAMPLE.replace("Basic256Sha256", spelling))
    with tenant_context(chicago):
        assert Connection.objects.get().security_policy == "Aes128Sha256RsaOaep"


def test_a_password_entered_elsewhere_survives_a_file_without_one(run, chicago):
    run(SAMPLE)
    with tenant_context(chicago):
        Connection.objects.update(password="entered by hand", password_env="")
    silent = SAMPLE.replace("    password_env: HALL2_PASSWORD             # or password:\n", "")
    assert run(silent) == "created 0, updated 0, unchanged 9"


def test_what_a_file_no_longer_says_of_a_machine_is_emptied(run, chicago):
    run(SAMPLE)
    run(
        SAMPLE.replace("            shift_pattern: three-shift\n", "").replace(
            "capacity: 24000", "ideal_cycle_s: 2"
        )
    )
    with tenant_context(chicago):
        filler = Machine.objects.get()
    assert (filler.shift_pattern_id, filler.capacity, filler.pri_s) == (None, None, 2)


def test_two_signals_swap_their_roles(run, chicago):
    run(SAMPLE)
    swapped = SAMPLE.replace("role: produced", "role: x")
    swapped = swapped.replace("role: defective", "role: produced")
    swapped = swapped.replace("role: x", "role: defective")
    assert run(swapped) == "created 0, updated 2, unchanged 7"


def test_a_role_that_another_signal_has_is_refused_with_its_line(run, faults):
    run(SAMPLE)
    message = faults(SAMPLE.replace("name: total", "name: pieces"))
    assert message == "line 27: role produced of F01 is taken by its signal 'total'."


def test_a_machine_that_moves_tells_both_workers(run, chicago):
    second = SAMPLE.replace("areas:", "  - {name: hall3, endpoint_url: opc.tcp://plc:4840}\nareas:")
    run(second)
    with tenant_context(chicago):
        before = dict(Connection.objects.values_list("name", "revision"))
    run(second.replace("connection: hall2", "connection: hall3"))
    with tenant_context(chicago):
        after = dict(Connection.objects.values_list("name", "revision"))
    assert all(after[name] > before[name] for name in ("hall2", "hall3"))


def test_an_import_runs_under_the_plants_own_role(run, chicago):
    run(SAMPLE)
    with schema_context("public"), pytest.raises(ProgrammingError, match="does not exist"):
        Machine.objects.count()

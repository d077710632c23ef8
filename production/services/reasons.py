"""Why a machine stood: the tree of reasons, and a person's answer for one stop."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from amis.errors import Invalid, NotFound
from amis.interval import Interval
from production.live import bump_data_version, publish_machines
from production.models import Machine, Stop, StopReason
from production.services.derive import derive_records
from production.services.past.unassigned import recount_unassigned

Loss = StopReason.Loss
TREE: dict[tuple[str, str], tuple[tuple[str, str, str, bool], ...]] = {
    ("mechanical", "Mechanical"): (
        ("jam", "Jam", Loss.MINOR, False),
        ("breakage", "Breakage", Loss.FAILURE, False),
        ("wear", "Worn part", Loss.FAILURE, False),
        ("bearing", "Bearing", Loss.FAILURE, False),
    ),
    ("electrical", "Electrical"): (
        ("drive", "Drive or motor", Loss.FAILURE, False),
        ("sensor", "Sensor", Loss.FAILURE, False),
        ("control", "Control system", Loss.FAILURE, False),
    ),
    ("material", "Material"): (
        ("no_material", "Material missing", Loss.MINOR, False),
        ("bad_material", "Material faulty", Loss.DEFECTS, False),
        ("downstream", "Downstream full", Loss.MINOR, False),
    ),
    ("organisation", "Organisation"): (
        ("no_operator", "No operator", Loss.FAILURE, False),
        ("no_order", "No order", Loss.FAILURE, True),
        ("meeting", "Meeting", Loss.FAILURE, True),
    ),
    ("setup", "Set-up"): (
        ("changeover", "Changeover", Loss.SETUP, False),
        ("adjustment", "Adjustment", Loss.SETUP, False),
        ("cleaning", "Cleaning", Loss.SETUP, True),
        ("maintenance", "Planned maintenance", Loss.SETUP, True),
    ),
}


def ensure_reasons() -> None:
    """The two-level tree that a new plant begins with; what a plant changed is left alone."""
    for (code, name), leaves in TREE.items():
        parent, _ = StopReason.objects.get_or_create(code=code, defaults={"name": name})
        for leaf, label, loss, planned in leaves:
            StopReason.objects.get_or_create(
                code=leaf,
                defaults={"name": label, "parent": parent, "loss": loss, "planned": planned},
            )


def give_reason(*, stop_id: int, code: str, note: str, user_id: int, label: str) -> Stop:
    """Store why a stop happened and derive its shift again, so that unassigned minutes move.

    Raises NotFound for an unknown stop and Invalid for an unknown reason.
    """
    reason = StopReason.objects.filter(code=code, parent__isnull=False).first()
    if reason is None:
        raise Invalid(f"reason: there is no reason {code!r}.")
    with transaction.atomic():
        stop = _locked(stop_id)
        stop.reason, stop.note = reason, note
        stop.reason_user_id, stop.reason_by, stop.reason_at = user_id, label, timezone.now()
        stop.save()
        machine, end = stop.machine, stop.end or timezone.now()
        schema, name = connection.schema_name, (machine.machine_id, machine.machine_name)
        if stop.imported:
            recount_unassigned(stop)
            transaction.on_commit(lambda: bump_data_version(schema))
        else:
            derive_records(machine=machine, interval=Interval(stop.start, end))
        transaction.on_commit(lambda: publish_machines(schema, [name]))
    return stop


def _locked(stop_id: int) -> Stop:
    """The stop, with its machine locked first as derivation does: the other way round the two
    would wait for each other. Raises NotFound.
    """
    owner = Machine.objects.filter(stops=stop_id).select_for_update(of=("self",), no_key=True)
    list(owner.only("pk"))
    stops = Stop.objects.select_related("machine__connection", "machine__shift_pattern")
    stop = stops.filter(pk=stop_id).first()
    if stop is None:
        raise NotFound("There is no stop with this id.")
    return stop

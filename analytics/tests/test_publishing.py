"""What plants publish adds up to what their own KPIs tell, for whatever happened in them."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context, tenant_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amis.interval import Interval
from analytics.kpis.rollup import Sums
from analytics.models import Target
from analytics.selectors import kpi_sums
from analytics.selectors.corporate import daily_sums, plant_sums
from analytics.services.publishing import publish
from analytics.tasks import publish_plants
from production.live import bump_data_version
from production.models import Machine, PlantClosure, ProductionRecord, ShiftPattern
from production.selectors.calendar import calendar_of
from production.selectors.machines import plant_machines
from production.shopfloor.window import Window
from production.tests.factories import make_machine
from tenants.live import valkey
from tenants.models import PublishedPlant, PublishedShift

# The clocks of Chicago go back on 1 November 2026 and those of Lyon on 25 October.
NOW = datetime(2026, 11, 4, 17, 20, tzinfo=UTC)
FIRST = date(2026, 10, 22)
DAYS = 14
GOLDEN = {"pot_s": 28_800.0, "pbt_s": 28_800.0, "apt_s": 23_220.0, "adet_s": 5_580.0,
          "units_produced": 370.0, "good_units": 355.0, "defective_units": 15.0, "pri_s": 60.0,
          "ideal_produced_s": 22_200.0, "ideal_good_s": 21_300.0}  # fmt: skip
UNKNOWN = ({}, {}, {"units_produced": None, "good_units": None}, {"apt_s": None, "adet_s": None},
           {"pri_s": None}, {"defective_units": None})  # fmt: skip


def fill(seed: int, *, machines: int = 4, now: datetime = NOW) -> None:
    """A plant in which shifts are missing, wrong, unplanned, not over and told by anybody."""
    rng = random.Random(seed)
    for n in range(machines):
        machine = make_machine(f"M{n:03}", active=rng.random() > 0.25)
        for day in range(DAYS + 2):
            for shift in calendar_of(machine).on(FIRST + timedelta(days=day)):
                if shift.interval.start < now + timedelta(days=1) and rng.random() < 0.6:
                    store(machine, shift, rng)
    if rng.random() < 0.7:
        PlantClosure.objects.create(day=FIRST + timedelta(days=rng.randrange(DAYS)))
    if rng.random() < 0.3:
        Machine.objects.filter(machine_id="M001").update(shift_pattern=None)
    bump_data_version(connection.schema_name)


def store(machine: Machine, shift, rng: random.Random) -> ProductionRecord:
    busy = rng.choice((28_800.0, 27_000.0, 12_345.6, 30_000.0))
    values = {**GOLDEN, "pbt_s": busy, "no_data_s": rng.choice((0.0, 0.0, 1_800.0))}
    values |= rng.choice(UNKNOWN) | {"failures": rng.randrange(3), "repair_s": rng.random() * 900}
    source = rng.choice(("derived", "submitted", "imported"))
    record = {"machine": machine, "production_date": shift.date, "shift": shift.name}
    record |= {"shift_start": shift.interval.start, "shift_end": shift.interval.end}
    if source != "derived" and rng.random() < 0.5:
        ProductionRecord.objects.create(**record, source="derived", effective=False, **GOLDEN)
    return ProductionRecord.objects.create(**record, source=source, **values)


def own_sums(tenant, window: Window, now: datetime = NOW) -> Sums:
    with tenant_context(tenant):
        return kpi_sums(window=window, machines=list(plant_machines()), now=now).total


def same(one: Sums, other: Sums) -> bool:
    return asdict(one) == pytest.approx(asdict(other), abs=1e-3)


windows = st.one_of(
    st.integers(1, 365),
    st.tuples(st.integers(-3, DAYS), st.integers(0, DAYS)),
    st.tuples(st.floats(-9, DAYS * 24), st.floats(0, DAYS * 24)),
)


def window_of(asked, zone: str) -> Window:
    if isinstance(asked, int):
        return Window.of_days(asked, now=NOW, timezone=zone)
    begin, length = asked
    if isinstance(begin, int):
        first = FIRST + timedelta(days=begin)
        return Window.of_dates(first, first + timedelta(days=length), timezone=zone)
    start = datetime(2026, 10, 22, tzinfo=UTC) + timedelta(hours=begin)
    return Window(Interval(start, start + timedelta(hours=length)))


@pytest.mark.parametrize("seed", range(8))
def test_the_sum_over_plants_is_the_sum_of_their_own_figures(db, chicago, lyon, seed):
    plants = (chicago, lyon)
    for n, tenant in enumerate(plants):
        with tenant_context(tenant):
            fill(100 * seed + n)
            publish(NOW)

    @settings(max_examples=12, deadline=None, derandomize=True,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(asked=windows)
    def holds(asked):
        pairs = [(tenant, window_of(asked, tenant.timezone)) for tenant in plants]
        own = [own_sums(tenant, window) for tenant, window in pairs]
        told = [one.sums for one in plant_sums(pairs)]
        for mine, theirs in zip(own, told, strict=True):
            assert same(mine, theirs)
        assert same(sum(told, Sums()), sum(own, Sums()))

    holds()


@pytest.fixture
def plant(db, chicago):
    """Chicago with one machine that worked for three days, published."""
    with tenant_context(chicago):
        machine = make_machine()
        for day in (28, 29, 30):
            one_record(machine, date(2026, 10, day))
        bump_data_version("plant_chicago")
        publish(NOW)
    return chicago


def one_record(machine: Machine, day: date, **values) -> ProductionRecord:
    shift = calendar_of(machine).on(day)[0]
    names = {"machine": machine, "production_date": day, "shift": shift.name}
    times = {"shift_start": shift.interval.start, "shift_end": shift.interval.end}
    return ProductionRecord.objects.create(
        **names, **times, **{"source": "derived"} | GOLDEN | values
    )


def told(tenant, window: Window | None = None) -> Sums:
    window = window or Window.of_days(30, now=NOW, timezone=tenant.timezone)
    (one,) = plant_sums([(tenant, window)])
    return one.sums


def as_the_plant_says(tenant, now: datetime) -> bool:
    window = Window.of_days(30, now=NOW, timezone=tenant.timezone)
    return same(told(tenant, window), own_sums(tenant, window, now))


def change(tenant, work, *, later_s: int = 20) -> datetime:
    """Something happens in a plant, and 20 s later it publishes."""
    now = NOW + timedelta(seconds=later_s)
    with tenant_context(tenant):
        work()
        bump_data_version("plant_chicago")
        publish(now)
    return now


def test_a_deleted_record_is_taken_back(plant):
    before = told(plant)
    deleted = ProductionRecord.objects.filter(production_date=date(2026, 10, 29))
    now = change(plant, deleted.delete)
    assert told(plant).records == before.records - 1 == 2
    assert told(plant).no_data_s > before.no_data_s
    assert as_the_plant_says(plant, now)


def test_a_figure_that_somebody_corrects_is_published_and_no_other_shift_is_written(plant):
    def correct():
        record = ProductionRecord.objects.get(production_date=date(2026, 10, 29))
        record.good_units = 300
        record.save()

    with tenant_context(plant):
        correct()
        bump_data_version("plant_chicago")
        # The shift that was corrected and the one that runs.
        assert publish(NOW + timedelta(seconds=20)) == 2
    assert told(plant).gq == 355 * 2 + 300


def test_a_submitted_figure_takes_the_place_of_the_derived_one(plant):
    def submit():
        derived = ProductionRecord.objects.get(production_date=date(2026, 10, 29))
        ProductionRecord.objects.filter(pk=derived.pk).update(effective=False)
        one_record(derived.machine, date(2026, 10, 29), source="submitted", good_units=7)

    change(plant, submit)
    assert (told(plant).records, told(plant).gq) == (3, 355 * 2 + 7)
    change(plant, lambda: _withdraw(), later_s=40)
    assert told(plant).gq == 355 * 3


def _withdraw() -> None:
    ProductionRecord.objects.filter(source="submitted").delete()
    ProductionRecord.objects.update(effective=True)


@pytest.mark.parametrize(
    "work",
    [
        lambda: PlantClosure.objects.create(day=date(2026, 10, 30)),
        lambda: Machine.objects.update(active=False),
        lambda: ShiftPattern.objects.update(days=["mon", "tue"]),
        lambda: Machine.objects.all().delete(),
    ],
    ids=["a closure", "a machine out of use", "another pattern", "no machine"],
)
def test_a_change_of_the_plan_moves_the_silence_of_the_past(plant, work):
    before = told(plant)
    with tenant_context(plant):
        work()
        publish(now := NOW + timedelta(seconds=20))
    assert told(plant).no_data_s < before.no_data_s
    assert as_the_plant_says(plant, now)


def test_the_running_shift_grows_ends_and_is_followed_though_nothing_changes(plant):
    for hours in (0.01, 1, 7, 9, 30, 200):
        now = NOW + timedelta(hours=hours)
        with tenant_context(plant):
            publish(now)
        assert as_the_plant_says(plant, now)


def test_a_plant_in_which_nothing_happens_costs_a_handful_of_statements(plant):
    with tenant_context(plant), CaptureQueriesContext(connection) as asked:
        publish(NOW + timedelta(seconds=20))
    assert len(asked) <= 20, [q["sql"][:150] for q in asked]
    assert not any("GROUP BY" in q["sql"] and "IN (" not in q["sql"] for q in asked)


@pytest.mark.parametrize("loss", [lambda: valkey().flushdb(), lambda: _forget()])
def test_what_is_lost_is_published_anew(plant, loss):
    before = told(plant)
    with tenant_context(plant):
        loss()
        publish(NOW + timedelta(seconds=20))
    assert told(plant).records == before.records
    assert as_the_plant_says(plant, NOW + timedelta(seconds=20))


def _forget() -> None:
    PublishedShift.objects.all().delete()
    PublishedPlant.objects.all().delete()


def test_targets_in_force_are_published_and_those_to_come_are_not(plant):
    with tenant_context(plant):
        for day, value in ((1, 0.8), (3, 0.85), (28, 0.9)):
            Target.objects.create(metric="oee", value=value, valid_from=date(2026, 11, day))
        publish(NOW + timedelta(seconds=20))
    row = PublishedPlant.objects.get()
    assert row.targets == {"oee": 0.85}
    assert row.published_at == NOW + timedelta(seconds=20)


def test_a_plant_writes_and_reads_nobodys_rows_but_its_own(plant, lyon):
    with tenant_context(lyon):
        assert not PublishedShift.objects.exists()
        assert PublishedShift.objects.update(pq=0) == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            PublishedPlant.objects.create(
                tenant_id="plant_chicago", data_version=1, published_at=NOW
            )


def test_one_plants_trouble_does_not_keep_the_others_from_publishing(plant, lyon, monkeypatch):
    def fails_in_chicago(now):
        if connection.schema_name == "plant_chicago":
            raise ValueError("trouble")
        return publish(now)

    monkeypatch.setattr("analytics.tasks.publish", fails_in_chicago)
    publish_plants()
    connection.set_schema_to_public()
    assert PublishedPlant.objects.filter(tenant_id="plant_lyon").exists()


def test_days_are_told_apart_for_the_line_of_each_plant(plant):
    window = Window.of_days(28, now=NOW, timezone=plant.timezone)
    days = daily_sums([(plant, window)])["plant_chicago"]
    assert [day.day for day, sums in days.items() if sums.records] == [28, 29, 30]


def test_the_sums_are_read_where_no_table_of_a_plant_can_be(plant):
    window = Window.of_days(28, now=NOW, timezone=plant.timezone)
    with tenant_context(plant), CaptureQueriesContext(connection) as asked:
        plant_sums([(plant, window)])
    entered = [q["sql"] for q in asked if "set_config" in q["sql"]]
    assert "amis_public" in entered[0]
    assert not any("production_" in q["sql"] or "analytics_" in q["sql"] for q in asked)
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE has_table_privilege('amis_public', c.oid,"
            " 'SELECT, INSERT, UPDATE, DELETE')) FROM pg_class c WHERE c.relkind IN ('r', 'p')"
            " AND c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'plant_%')"
        )
        tables, readable = cursor.fetchone()
    assert tables > 50
    assert readable == 0

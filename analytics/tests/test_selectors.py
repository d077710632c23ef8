"""KPI sums of a window: added in SQL, completed by the shift plan, kept until the data changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from amis.interval import Interval
from analytics.kpis.rollup import kpis
from analytics.selectors import kpi_sums
from production.live import bump_data_version
from production.models import Area, Line, Machine, PlantClosure, ProductionRecord
from production.selectors.calendar import calendar_of
from production.shopfloor.window import Window
from production.tests.factories import make_machine

DAY = date(2026, 11, 18)
# Friday 20 November 2026, 13:00 in Chicago: the Day shift runs.
NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)
GOLDEN = {"pot_s": 28_800.0, "pbt_s": 27_000.0, "apt_s": 23_220.0, "adet_s": 3_780.0,
          "units_produced": 370.0, "good_units": 355.0, "defective_units": 15.0,
          "ideal_produced_s": 22_200.0, "ideal_good_s": 21_300.0}  # fmt: skip


@pytest.fixture
def machine(db, chicago):
    with tenant_context(chicago):
        yield make_machine(breaks=[{"start": "10:00", "end": "10:30"}])


def record(machine: Machine, day: date = DAY, shift: str = "Day", **values) -> ProductionRecord:
    planned = next(s for s in calendar_of(machine).on(day) if s.name == shift)
    return ProductionRecord.objects.create(
        machine=machine,
        production_date=day,
        shift=shift,
        shift_start=planned.interval.start,
        shift_end=planned.interval.end,
        pri_s=60.0,
        **{"source": "derived", **GOLDEN, **values},
    )


def sums(*machines: Machine, days: int = 1, first: date = DAY, now: datetime = NOW, **asked):
    window = Window.of_dates(first, first + timedelta(days=days), timezone="America/Chicago")
    return kpi_sums(window=window, machines=list(machines), now=now, **asked)


def test_the_golden_shift(machine):
    record(machine)
    figures = kpis(sums(machine, shift="Day").total)
    assert figures["availability"] == pytest.approx(0.86)
    assert figures["effectiveness"] == pytest.approx(0.956072, abs=1e-6)
    assert figures["quality_ratio"] == pytest.approx(0.959459, abs=1e-6)
    assert figures["oee"] == pytest.approx(0.788889, abs=1e-6)
    assert figures["no_data_min"] == 0


def test_a_planned_shift_without_a_record_is_no_data_not_busy_time(machine):
    record(machine)
    figures = kpis(sums(machine).total)
    assert figures["pbt_min"] == 450
    assert figures["no_data_min"] == 2 * 480
    assert figures["data_coverage"] == pytest.approx(450 / (450 + 960))


def test_days_before_the_first_record_are_not_blamed_but_its_own_day_is_whole(machine):
    record(machine, shift="Night", pbt_s=28_800.0)
    assert sums(machine).total.no_data_s == (450 + 480) * 60
    assert sums(machine, days=8, first=DAY - timedelta(days=7)).total.no_data_s == (450 + 480) * 60
    assert sums(machine, days=7, first=DAY - timedelta(days=7)).total.no_data_s == 0


def test_a_closed_day_plans_nothing(machine):
    record(machine, day=DAY - timedelta(days=1), shift="Night")
    PlantClosure.objects.create(day=DAY)
    assert sums(machine).total.no_data_s == 0


def test_the_running_shift_counts_until_now_and_only_without_a_record(machine):
    record(machine, day=DAY, shift="Day")
    today = {"first": DAY + timedelta(days=2), "shift": "Day"}
    assert sums(machine, **today).total.no_data_s == (7 - 0.5) * 3600
    bump_data_version("plant_chicago")
    record(machine, day=DAY + timedelta(days=2), pbt_s=6 * 3600.0, no_data_s=0.0)
    assert sums(machine, **today).total.no_data_s == 0


def test_a_roll_up_is_no_mean_of_percentages(machine):
    other = make_machine("M002", capacity=960)
    record(machine, shift="Day")
    record(other, shift="Day", pbt_s=2_700.0, apt_s=2_700.0, ideal_produced_s=2_700.0,
           ideal_good_s=2_700.0)  # fmt: skip
    result = sums(machine, other, shift="Day")
    both = kpis(result.total)
    single = [kpis(s)["oee"] for _, s in result.machines]
    assert both["oee"] == pytest.approx((21_300 + 2_700) / (27_000 + 2_700))
    assert both["oee"] != pytest.approx(sum(single) / 2)
    product = both["availability"] * both["effectiveness"] * both["quality_ratio"]
    assert product == pytest.approx(both["oee"])


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        ("machine", ["M001", "M002"]),
        ("line", ["", "Line 1"]),
        ("shift", ["Day", "Evening", "Night"]),
        ("day", ["2026-11-18", "2026-11-19"]),
    ],
)
def test_groups_add_up_to_the_total(machine, group_by, keys):
    line = Line.objects.create(area=Area.objects.create(name="Hall"), name="Line 1")
    other = make_machine("M002", line=line)
    for one in (machine, other):
        record(one)
        record(one, day=DAY + timedelta(days=1), shift="Evening")
    result = sums(machine, other, days=2, group_by=group_by)
    assert [key for key, _ in result.groups] == keys
    for name in ("pbt_s", "no_data_s", "pq", "records"):
        assert sum(getattr(s, name) for _, s in result.groups) == getattr(result.total, name)


def test_dates_count_a_shift_on_the_day_it_starts_and_instants_by_its_start(machine):
    record(machine, shift="Night")
    assert sums(machine, first=DAY + timedelta(days=1)).total.records == 0
    assert sums(machine).total.records == 1
    starts = datetime(2026, 11, 19, 4, tzinfo=UTC)
    for start, found in ((starts, 1), (starts + timedelta(seconds=1), 0)):
        window = Window(Interval(start, start + timedelta(hours=10)))
        assert kpi_sums(window=window, machines=[machine], now=NOW).total.records == found


def test_the_night_of_the_clock_change_is_as_long_as_it_is(machine):
    spring, autumn = date(2026, 3, 7), date(2026, 10, 31)
    record(machine, day=spring - timedelta(days=1), shift="Night")
    for night, hours in ((spring, 7), (autumn, 9)):
        assert sums(machine, first=night, shift="Night").total.no_data_s == hours * 3600


def test_only_the_effective_record_counts(machine):
    record(machine, effective=False, units_produced=1.0)
    record(machine, source="submitted")
    assert sums(machine, shift="Day").total.pq == 370


def test_an_unknown_count_makes_the_sum_unknown(machine):
    record(machine)
    record(machine, shift="Evening", units_produced=None, good_units=None, ideal_produced_s=None,
           ideal_good_s=None)  # fmt: skip
    figures = kpis(sums(machine).total)
    assert figures["units_produced"] is None
    assert figures["reasons"]["units_produced"] == "a count is unknown"


def test_a_day_without_a_known_count_takes_nothing_from_the_others(machine):
    record(machine)
    record(machine, day=DAY + timedelta(days=1), units_produced=None, good_units=None)
    result = sums(machine, days=2, group_by="day")
    assert (result.total.pq, result.total.unknown_pq) == (370, 1)
    assert [s.pq for _, s in result.groups] == [370, 0]


def test_the_same_question_is_answered_from_the_cache_until_the_data_changes(machine):
    record(machine)
    with CaptureQueriesContext(connection) as first:
        before = sums(machine)
    with CaptureQueriesContext(connection) as second:
        assert sums(machine) == before
    assert any("SUM" in q["sql"] for q in first)
    assert not any("SUM" in q["sql"] for q in second)
    record(machine, shift="Evening")
    assert sums(machine).total.records == 1
    bump_data_version("plant_chicago")
    assert sums(machine).total.records == 2


def test_a_plant_without_machines_has_no_figures_and_says_why(machine):
    figures = kpis(sums().total)
    assert figures["oee"] is None
    assert figures["reasons"]["oee"] == "no planned busy time in this window"

"""A small plant whose facts can be worked out by hand: two machines, one Day shift of two days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from ai_insights.models import Cost
from analytics.models import Anomaly, Target
from analytics.tests.stored import RISKS, store_forecast, store_risks
from production.models import DataIssue, Machine, ProductionRecord, Stop, StopReason
from production.selectors.calendar import calendar_of
from production.shopfloor.window import Window
from production.tests.factories import make_machine

DAY = date(2026, 11, 18)
NOW = datetime(2026, 11, 19, 14, tzinfo=UTC)
"""Thursday, 08:00 in Chicago."""
NOON = datetime(2026, 11, 18, 18, tzinfo=UTC)
CHICAGO = "America/Chicago"
WINDOW = Window.of_dates(DAY, DAY + timedelta(days=1), timezone=CHICAGO)
GOLDEN = {"pot_s": 28_800.0, "pbt_s": 27_000.0, "apt_s": 23_220.0, "adet_s": 3_180.0,
          "aust_s": 600.0, "repair_s": 2_400.0, "failures": 2, "unassigned_s": 600.0,
          "units_produced": 370.0, "good_units": 355.0, "defective_units": 15.0,
          "ideal_produced_s": 22_200.0, "ideal_good_s": 21_300.0}  # fmt: skip
BETTER = {"apt_s": 25_200.0, "adet_s": 1_800.0, "aust_s": 0.0, "repair_s": 1_800.0, "failures": 1,
          "unassigned_s": 0.0, "units_produced": 410.0, "good_units": 405.0,
          "defective_units": 5.0, "ideal_produced_s": 24_600.0,
          "ideal_good_s": 24_300.0}  # fmt: skip


def record(machine: Machine, day: date = DAY, **values) -> ProductionRecord:
    """The Day shift's."""
    planned = next(s for s in calendar_of(machine).on(day) if s.name == "Day")
    times = {"shift_start": planned.interval.start, "shift_end": planned.interval.end}
    values = {"source": "derived", "pri_s": 60.0, **GOLDEN, **times, **values}
    return ProductionRecord.objects.create(
        machine=machine, production_date=day, shift="Day", **values
    )


def stop(machine: Machine, at_min: float, minutes: float, **more) -> Stop:
    start = NOON + timedelta(minutes=at_min)
    values = {"state": "Aborted", "production_date": DAY, "shift": "Day"} | more
    return Stop.objects.create(
        machine=machine, start=start, end=start + timedelta(minutes=minutes), **values
    )


def small_plant() -> tuple[Machine, Machine]:
    """Filler 2 (M001) as the golden shift and as good a day before as M002 on both."""
    filler, packer = make_machine("M001"), make_machine("M002")
    Machine.objects.filter(pk=filler.pk).update(machine_name="Filler 2")
    Machine.objects.filter(pk=packer.pk).update(machine_name="Packer 3")
    before = DAY - timedelta(days=1)
    record(filler)
    for machine, day in ((filler, before), (packer, before), (packer, DAY)):
        record(machine, day, **BETTER)
    return filler, packer


def stops_of_the_day(filler: Machine, packer: Machine) -> None:
    jam = StopReason.objects.create(code="jam", name="Jam at infeed")
    stop(filler, 0, 20, reason=jam)
    stop(filler, 30, 10, reason=jam)
    stop(filler, 50, 10)
    stop(filler, 70, 10, state="Starting")
    stop(filler, 90, 1.5)
    stop(packer, 0, 30, cause="starved")


def choices(filler: Machine) -> None:
    """Targets and costs."""
    since = date(2026, 7, 1)
    for metric, value in (("oee", 0.85), ("availability", 0.9), ("unassigned_share", 0.05)):
        Target.objects.create(metric=metric, value=value, valid_from=since)
    usual = {"minute_low": 30, "minute_high": 40, "scrap_low": 1, "scrap_high": 2}
    Cost.objects.create(valid_from=since, **usual)
    dear = usual | {"minute_low": 50, "minute_high": 60}
    Cost.objects.create(machine=filler, valid_from=since, **dear)


def outlook(filler: Machine, packer: Machine) -> None:
    """A prediction, a forecast, an anomaly, and what was odd in the data."""
    store_risks([packer, filler], RISKS[:2], now=NOW)
    store_forecast(NOW, NOW.date())
    Anomaly.objects.create(
        machine=filler, grain="signal", start=NOON, end=NOON + timedelta(hours=1), score=0.97,
        sentence="Vibration 6.1 mm/s, usually 1.2–2.3", expected="1.2–2.3 mm/s",
    )  # fmt: skip
    for role, kind, minutes in (("state", "gap", 14), ("produced", "gap", 12),
                                ("produced", "counter_reset", 0)):  # fmt: skip
        DataIssue.objects.create(
            signal=filler.signals.get(role=role), kind=kind, started_at=NOON,
            ended_at=NOON + timedelta(minutes=minutes),
        )  # fmt: skip


def whole_plant() -> tuple[Machine, Machine]:
    filler, packer = small_plant()
    stops_of_the_day(filler, packer)
    choices(filler)
    outlook(filler, packer)
    return filler, packer

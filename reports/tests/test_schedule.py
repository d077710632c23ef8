"""When the daily report is made and mailed, by each plant's own clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django_tenants.utils import schema_context, tenant_context

from amis.errors import Conflict
from analytics.models import Run
from analytics.services import runs
from analytics.tests.past import fill
from production.models import ProductionRecord
from reports.models import Delivery, Report, ReportSchedule
from reports.selectors.cards import report_card
from reports.selectors.schedule import next_instant, plant_schedule
from reports.services.begin import begin_report, wanted_days
from reports.services.issue import issue_report
from reports.services.schedule import PATIENCE, plan_reports
from reports.tests.conftest import NOW

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CHANGES = (
    ("America/Chicago", date(2026, 3, 7)),
    ("America/Chicago", date(2026, 10, 31)),
    ("Europe/Paris", date(2026, 3, 28)),
    ("Europe/Paris", date(2026, 10, 24)),
    ("Asia/Kolkata", date(2026, 3, 7)),
    ("Asia/Kolkata", date(2026, 10, 24)),
)
"""The day before clocks change, there or elsewhere."""
KNOCKS = (time(0, 10), time(6, 10), time(7, 59, 55), time(8, 0, 15), time(8, 0, 35), time(23, 50))


def schedule_of(**values) -> None:
    plant_schedule()
    ReportSchedule.objects.update(**values)


def make_all(planned: list[Run], now: datetime) -> None:
    """What workers do with the runs, without the pages."""
    for run in planned:
        report = Report.objects.get(pk=run.chunk)
        issue_report(report, content={}, files={}, insight=None, made_at=now)
        Run.objects.filter(pk=run.pk).update(state=Run.State.DONE)


def knock(at, now: datetime, **more) -> list[date]:
    """The days that are mailed when Beat comes by."""
    at(now)
    make_all(plan_reports(now=now, **more), now)
    waiting = Delivery.objects.filter(state="waiting")
    days = [row.report.plant_date for row in waiting.select_related("report")]
    waiting.update(state="sent")
    return days


def local(day: date, at: time, zone: str) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture
def old_plant(inside, mail):
    """Its first record is of 2025, and nothing was due before it is told since when."""
    first = ProductionRecord.objects.order_by("pk").first()
    ProductionRecord.objects.filter(pk=first.pk).update(production_date=date(2025, 1, 1))
    return inside


@pytest.mark.parametrize(("zone", "first"), CHANGES)
def test_each_local_day_brings_one_mail_at_eight(old_plant, at, zone, first):
    old_plant.timezone = zone
    schedule_of(since=local(first, time(0), zone))
    mailed = []
    for n in range(3):
        for clock_time in KNOCKS:
            now = local(first + n * DAY, clock_time, zone)
            mailed += [(day, now.astimezone(ZoneInfo(zone))) for day in knock(at, now)]
    assert [day for day, _ in mailed] == [first + n * DAY for n in range(-1, 2)]
    assert {f"{sent:%H:%M}" for _, sent in mailed} == {"08:00"}
    assert [sent.date() for _, sent in mailed] == [first + n * DAY for n in range(3)]
    assert not Report.objects.filter(late=True).exists()


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # 02:30 does not exist: the next instant that does. Twice 01:30: the first of the two.
        ("America/Chicago", date(2026, 3, 8), "2026-03-08T08:00:00+00:00"),
        ("America/Chicago", date(2026, 11, 1), "2026-11-01T06:30:00+00:00"),
        ("Europe/Paris", date(2026, 3, 29), "2026-03-29T01:00:00+00:00"),
        ("Asia/Kolkata", date(2026, 3, 8), "2026-03-07T21:00:00+00:00"),
    ],
)
def test_a_time_that_the_clock_skips_or_shows_twice(old_plant, zone, day, expected):
    wall = time(1, 30) if day.month == 11 else time(2, 30)
    schedule_of(time=wall)
    now = local(day, time(0, 1), zone)
    assert next_instant(plant_schedule(), now=now, timezone=zone) == datetime.fromisoformat(
        expected
    )


def test_before_the_night_shift_has_ended_the_report_is_of_the_day_before(old_plant, at):
    schedule_of(time=time(5), since=NOW - DAY)
    assert knock(at, NOW - timedelta(hours=2)) == [date(2026, 11, 17)]


def test_a_report_at_the_end_of_the_last_shift_waits_for_its_last_data(old_plant, at):
    schedule_of(time=time(6), since=NOW - DAY)
    six = local(date(2026, 11, 19), time(6), "America/Chicago")
    assert knock(at, six + 20 * timedelta(seconds=1)) == []
    assert knock(at, six + 80 * timedelta(seconds=1)) == [date(2026, 11, 18)]
    assert not Report.objects.get(plant_date=date(2026, 11, 18)).late


def test_only_the_weekdays_of_the_schedule_count(old_plant, at):
    schedule_of(weekdays=["mon"], since=NOW - 30 * DAY)
    knock(at, NOW)
    assert Report.objects.get().plant_date == date(2026, 11, 15)
    monday = datetime.fromisoformat("2026-11-23T14:00:00+00:00")
    assert next_instant(plant_schedule(), now=NOW, timezone="America/Chicago") == monday


def test_a_schedule_that_is_off_mails_nothing_and_has_no_next(old_plant, at):
    schedule_of(enabled=False, since=NOW - DAY)
    assert knock(at, NOW) == []
    assert next_instant(plant_schedule(), now=NOW, timezone="America/Chicago") is None


def test_down_at_eight_means_one_late_mail_of_the_newest_day_only(old_plant, at):
    schedule_of(since=NOW - 9 * DAY)
    noon = NOW + timedelta(hours=4)
    assert knock(at, noon, at_start=True) == [date(2026, 11, 18)]
    assert knock(at, noon + MINUTE) == []
    assert [report.late for report in Report.objects.all()] == [True]


def test_at_the_start_the_last_day_is_made_and_mailed_only_when_its_time_comes(old_plant, at):
    schedule_of(since=NOW - timedelta(hours=2))
    seven = NOW - timedelta(hours=1)
    assert knock(at, seven, at_start=True) == []
    assert Report.objects.get().plant_date == date(2026, 11, 18)
    assert knock(at, NOW) == [date(2026, 11, 18)]
    assert knock(at, NOW + MINUTE) == []
    report = Report.objects.get()
    assert (report.revision, report.late) == (1, False)


def test_a_report_made_before_its_time_and_mailed_long_after_it_is_sent_late(old_plant, at):
    schedule_of(since=NOW - timedelta(hours=2))
    seven, ten = NOW - timedelta(hours=1), NOW + timedelta(hours=2)
    assert knock(at, seven, at_start=True) == []
    assert knock(at, ten, at_start=True) == [date(2026, 11, 18)]
    assert knock(at, ten + MINUTE) == []
    report = Report.objects.get()
    assert (report.revision, report_card(report)["late"]) == (1, True)


def test_a_report_planned_in_time_and_made_long_after_it_is_sent_late(old_plant, at):
    schedule_of(since=NOW - timedelta(hours=1))
    plan_reports(now=NOW)
    assert knock(at, NOW + timedelta(hours=2)) == [date(2026, 11, 18)]
    assert [report.late for report in Report.objects.all()] == [True]


def test_a_next_edition_that_fails_does_not_hold_back_the_one_that_there_is(old_plant, at):
    schedule_of(since=NOW - timedelta(hours=2))
    assert knock(at, NOW - timedelta(hours=1), at_start=True) == []
    _, run = begin_report(wanted_days("daily", date(2026, 11, 18), asked_by="Ann"), now=NOW)
    plan_reports(now=NOW)
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED)
    assert knock(at, NOW + timedelta(seconds=20)) == [date(2026, 11, 18)]
    assert knock(at, NOW + MINUTE) == []
    assert Delivery.objects.get().report.revision == 1
    again, _ = begin_report(wanted_days("daily", date(2026, 11, 18)), now=NOW)
    assert (again.revision, again.mails) == (2, False)


def test_of_several_editions_that_nobody_mailed_the_newest_is_sent(old_plant, at):
    schedule_of(since=NOW - timedelta(hours=2))
    for _ in range(2):
        begin_report(wanted_days("daily", date(2026, 11, 18), asked_by="Ann"), now=NOW - DAY)
        make_all(list(Run.objects.filter(kind="report", state="waiting")), NOW - MINUTE)
    assert knock(at, NOW) == [date(2026, 11, 18)]
    assert Delivery.objects.get().report.revision == 2


@pytest.mark.parametrize("state", ["issued", "failed"])
def test_the_week_and_what_a_person_asked_for_in_vain_do_not_stand_in_for_the_daily(
    old_plant, at, state
):
    schedule_of(since=NOW - timedelta(hours=2))
    kind, mails = ("weekly", True) if state == "issued" else ("daily", False)
    day = date(2026, 11, 18)
    begin_report(wanted_days(kind, day, mails=mails), now=NOW - MINUTE)
    Run.objects.filter(kind="report").update(state=Run.State.DONE)
    Report.objects.update(state=state)
    assert knock(at, NOW) == [day]
    mailed = Delivery.objects.get().report
    assert (mailed.kind, mailed.revision) == ("daily", 1)


def test_a_new_plant_begins_as_soon_as_its_predictions_are_there(old_plant, at, monkeypatch):
    schedule_of(since=NOW + timedelta(hours=9))
    monkeypatch.setattr("reports.services.schedule.predictions_are_settled", lambda now: True)
    assert knock(at, NOW + timedelta(hours=9) + MINUTE) == []
    assert Report.objects.get().plant_date == date(2026, 11, 18)


def test_a_new_plant_gets_its_first_report_without_a_start_and_without_a_mail(old_plant, at):
    evening = NOW + timedelta(hours=9)
    schedule_of(since=evening)
    assert knock(at, evening + MINUTE) == []
    assert not Report.objects.exists()
    assert knock(at, evening + PATIENCE + MINUTE) == []
    assert Report.objects.get().plant_date == date(2026, 11, 18)


def test_a_plant_without_a_record_has_nothing_to_report(db, at, lyon, mail):
    with tenant_context(lyon):
        schedule_of(since=NOW - DAY)
        assert knock(at, NOW, at_start=True) == []
        assert not Report.objects.exists()


def test_a_report_that_failed_is_not_tried_for_ever(old_plant, at):
    schedule_of(since=NOW - timedelta(hours=1))
    (run,) = plan_reports(now=NOW)
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED)
    assert plan_reports(now=NOW + MINUTE) == []
    assert Report.objects.get().state == Report.State.FAILED


def test_a_report_that_was_given_up_fails_and_one_that_is_being_made_does_not(old_plant, at):
    given_up, run = begin_report(wanted_days("daily", date(2026, 11, 16)), now=NOW)
    being_made, _ = begin_report(wanted_days("daily", date(2026, 11, 17)), now=NOW)
    Run.objects.filter(pk=run.pk).update(state=Run.State.CANCELLED)
    schedule_of(enabled=False)
    plan_reports(now=NOW)
    states = dict(Report.objects.values_list("pk", "state"))
    assert states == {given_up.pk: "failed", being_made.pk: "making"}


def test_at_the_start_a_report_that_failed_is_made_again(old_plant, at):
    schedule_of(enabled=False)
    begin_report(wanted_days("daily", date(2026, 11, 18)), now=NOW)
    Run.objects.update(state=Run.State.FAILED)
    assert knock(at, NOW) == []
    assert Report.objects.get().state == "failed"
    knock(at, NOW + MINUTE, at_start=True)
    assert Report.objects.get().state == "issued"


def test_at_the_start_a_day_that_has_only_just_ended_is_left_to_its_last_data(old_plant, at):
    schedule_of(enabled=False)
    begin_report(wanted_days("daily", date(2026, 11, 16)), now=NOW - DAY)
    six = local(date(2026, 11, 19), time(6), "America/Chicago")
    knock(at, six + timedelta(seconds=10), at_start=True)
    newest = Report.objects.order_by("plant_date").last()
    assert newest.plant_date == date(2026, 11, 17)


@pytest.mark.parametrize(("kind", "hours"), [("daily", 24), ("weekly", 7 * 24)])
def test_a_daily_report_is_of_one_plant_day_and_a_weekly_one_of_seven(old_plant, kind, hours):
    wanted = wanted_days(kind, date(2026, 11, 18))
    assert wanted.interval.end == local(date(2026, 11, 19), time(0), "America/Chicago")
    assert wanted.interval.duration_s == hours * 3600


def test_of_two_customs_neither_is_an_edition_of_the_other(old_plant, at):
    wanted = replace(wanted_days("daily", date(2026, 11, 17)), kind="custom")
    one, other = (begin_report(wanted, now=NOW)[0] for _ in range(2))
    assert one.pk != other.pk
    make_all(list(Run.objects.filter(kind="report").order_by("pk")), NOW)
    assert set(Report.objects.values_list("revision", "state")) == {(1, "issued")}


def test_a_failed_report_is_tried_again_in_its_row_as_it_is_wanted_now(old_plant, at):
    day = date(2026, 11, 17)
    first, _ = begin_report(wanted_days("daily", day, mails=True, due_at=NOW), now=NOW)
    Report.objects.update(state=Report.State.FAILED)
    again, _ = begin_report(wanted_days("daily", day, formats=["csv"], asked_by="Ann"), now=NOW)
    assert (again.pk, again.revision, again.state) == (first.pk, 1, "making")
    assert (again.mails, again.due_at) == (True, NOW)
    assert (again.formats, again.asked_by) == (["csv"], "Ann")
    with pytest.raises(Conflict):
        begin_report(wanted_days("daily", day), now=NOW)


def test_what_a_killed_worker_left_is_taken_up_and_one_report_comes_of_it(old_plant, at, mail):
    schedule_of(since=NOW - timedelta(hours=1))
    (run,) = plan_reports(now=NOW)
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.RUNNING, attempts=1, lease_until=NOW + runs.LEASE
    )
    assert plan_reports(now=NOW + timedelta(seconds=20)) == []
    assert knock(at, NOW + MINUTE) == [date(2026, 11, 18)]
    assert Report.objects.get().revision == 1


@pytest.fixture
def shared_plant(committed, at, mail):
    with schema_context("plant_chicago"):
        fill(machines=1, days=3, until=NOW - timedelta(hours=2))
        schedule_of(since=NOW - timedelta(hours=1))
        yield


def test_two_beats_at_once_give_one_report(shared_plant):
    def beat(_: int) -> int:
        try:
            with schema_context("plant_chicago"):
                return len(plan_reports(now=NOW))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as beats:
        list(beats.map(beat, range(4)))
    assert Report.objects.count() == Run.objects.filter(kind="report").count() == 1

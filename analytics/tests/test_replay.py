"""Replay: what would have been said, the same each time, in each plant, and the same as live."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from amis.interval import Interval
from analytics.ml.downtime import silent
from analytics.models import Prediction
from analytics.services.registry import champion, promote
from analytics.services.replay.downtime import HEADER, replay_downtime
from analytics.services.replay.forecast import replay_forecasts
from analytics.services.replay.span import Cadence, Span
from analytics.services.scoring import score
from analytics.services.training import train_downtime
from analytics.tests.past import NOW, WORN, fill, sample, shifts_in
from production.models import Machine

MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)
DAY = timedelta(days=1)
SPAN = Span(start=MONDAY - 8 * DAY, end=MONDAY + 2 * DAY)


class Killed(Exception):
    """The process ends here."""


def command(out: Path, task: str = "downtime", span: Span = SPAN, *more: str) -> bytes:
    call_command(
        "replay", "--tenant", "plant_chicago", "--task", task, "--from", span.start.isoformat(),
        "--to", span.end.isoformat(), "--out", str(out), *more, stdout=Sink(), stderr=Sink(),
    )  # fmt: skip
    return out.read_bytes()


class Sink:
    def write(self, text: str) -> None: ...

    def flush(self) -> None: ...


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def numbers_of(path: Path) -> list[tuple[str, ...]]:
    """All but which model said it."""
    return [tuple(row[name] for name in HEADER[:-1]) for row in rows_of(path)]


def killed_after(parts: int):
    told = []

    def tell(percent: float, step: str) -> None:
        told.append(step)
        if len(told) > parts:
            raise Killed

    return tell


@pytest.fixture
def plant(db, at, chicago):
    with tenant_context(chicago):
        fill(days=30)
    return chicago


def test_the_same_command_writes_the_same_bytes_and_a_row_a_machine_and_shift(plant, tmp_path):
    first, second = command(tmp_path / "a.csv"), command(tmp_path / "b.csv")
    assert first == second
    rows = rows_of(tmp_path / "a.csv")
    assert list(rows[0]) == list(HEADER)
    assert len(rows) == 3 * 3 * 10
    assert all(row["as_of"] <= row["shift_start"] for row in rows)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.csv", "b.csv"]


def test_a_replay_that_was_killed_goes_on_and_writes_the_same_bytes(plant, tmp_path):
    whole = command(tmp_path / "whole.csv")
    out, cadence = tmp_path / "half.csv", Cadence()
    with tenant_context(plant), pytest.raises(Killed):
        replay_downtime(span=SPAN, cadence=cadence, out=out, now=NOW, tell=killed_after(1))
    (part,) = (tmp_path / "half.csv.parts").glob("*.csv")
    before = part.stat().st_mtime_ns
    kept = part.read_bytes()
    with tenant_context(plant), pytest.raises(Killed):
        replay_downtime(span=SPAN, cadence=cadence, out=out, now=NOW, tell=killed_after(2))
    assert part.stat().st_mtime_ns == before
    assert not out.exists()
    assert command(out) == whole
    assert kept in whole


def test_parts_of_another_past_are_not_taken_up(plant, tmp_path):
    out = tmp_path / "a.csv"
    with tenant_context(plant):
        with pytest.raises(Killed):
            replay_downtime(span=SPAN, cadence=Cadence(), out=out, now=NOW, tell=killed_after(1))
        early = Machine.objects.get(machine_id="M001").records.order_by("shift_start").first()
        early.adet_s = 20_000
        early.save()
    assert command(out) == command(tmp_path / "fresh.csv")


def test_two_plants_with_the_same_past_get_the_same_numbers(plant, lyon, tmp_path):
    lyon.timezone = plant.timezone
    for place, name in ((plant, "a.csv"), (lyon, "b.csv")):
        with tenant_context(place):
            if place is lyon:
                fill(days=30)
            replay_downtime(span=SPAN, cadence=Cadence(), out=tmp_path / name, now=NOW, tell=silent)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_too_little_past_is_said_in_the_file_and_has_no_numbers(db, at, chicago, tmp_path):
    with tenant_context(chicago):
        fill(machines=1, days=3)
    command(tmp_path / "a.csv", "downtime", Span(start=NOW - 2 * DAY, end=NOW))
    rows = rows_of(tmp_path / "a.csv")
    assert {row["served"] for row in rows} == {"insufficient"}
    assert {row["median_min"] for row in rows} == {""}


def test_live_scoring_stores_what_a_replay_gives_before_and_after_a_promotion(
    db, at, chicago, tmp_path
):
    with tenant_context(chicago):
        fill(days=60, habit=WORN)
        at(MONDAY - 28 * DAY + timedelta(minutes=10))
        train_downtime(as_of=MONDAY - 28 * DAY - timedelta(hours=1), tell=silent)
        span = Interval(MONDAY - DAY, MONDAY + DAY)
        for shift in shifts_in(Machine.objects.first(), span):
            if shift.interval.start >= MONDAY and champion("downtime").number == 1:
                at(MONDAY + timedelta(minutes=10))
                assert train_downtime(as_of=MONDAY, tell=silent).serves
            live = shift.interval.start + timedelta(minutes=2)
            at(live)
            score(now=live, tell=silent)
    at(NOW)
    command(tmp_path / "a.csv", "downtime", Span(start=span.start, end=span.end))
    with tenant_context(chicago):
        said = {
            (row.machine.machine_id, row.shift_start): row
            for row in Prediction.objects.filter(machine__isnull=False, as_of__gte=span.start)
            if row.as_of == row.shift_start
        }
        versions = set()
        rows = [
            row for row in rows_of(tmp_path / "a.csv") if row["shift_start"] <= live.isoformat()
        ]
        assert len(rows) == len(said) == 3 * 5
        for row in rows:
            live = said[row["machine_id"], datetime.fromisoformat(row["shift_start"])]
            versions.add(row["model_version"])
            assert row["model_version"] == str(live.version.number)
            assert row["risk"].lower() == live.risk
            for name in HEADER[4:12]:
                assert float(row[name]) == pytest.approx(getattr(live, name), abs=1e-6)
    assert versions == {"1", "2"}


def test_before_the_first_promotion_a_replay_says_what_that_weeks_model_says_after_it(
    plant, at, tmp_path
):
    span = Span(start=MONDAY + DAY, end=MONDAY + 2 * DAY)
    command(tmp_path / "before.csv", "downtime", span)
    at(MONDAY + timedelta(minutes=10))
    with tenant_context(plant):
        train_downtime(as_of=MONDAY, tell=silent)
    at(NOW)
    command(tmp_path / "after.csv", "downtime", span)
    assert numbers_of(tmp_path / "before.csv") == numbers_of(tmp_path / "after.csv")
    assert {row["model_version"] for row in rows_of(tmp_path / "after.csv")} == {"1"}


def test_a_version_that_served_later_says_nothing_of_the_time_before(plant, at, tmp_path):
    at(MONDAY + timedelta(minutes=10))
    with tenant_context(plant):
        version = train_downtime(as_of=MONDAY, tell=silent).version
        promote(version, by="alice", why="Again.", verdict={})
    at(NOW)
    command(tmp_path / "a.csv")
    for row in rows_of(tmp_path / "a.csv"):
        is_later = datetime.fromisoformat(row["as_of"]) >= MONDAY + timedelta(minutes=10)
        assert (row["model_version"] == "1") is is_later


# --- days and signals ----------------------------------------------------------------------------


def test_forecasts_are_replayed_from_each_origin_and_go_on_after_a_kill(plant, light, tmp_path):
    span = Span(start=MONDAY, end=MONDAY + 3 * DAY, metric="downtime_min")
    cadence = Cadence(every_days=1)
    whole = command(tmp_path / "a.csv", "forecast", span, "--metric", "downtime_min",
                    "--every", "1d")  # fmt: skip
    out = tmp_path / "b.csv"
    with tenant_context(plant), pytest.raises(Killed):
        replay_forecasts(span=span, cadence=cadence, out=out, now=NOW, tell=killed_after(1))
    with tenant_context(plant):
        # What was recorded of later days is no reason to begin again.
        fill_later = Machine.objects.first().records.order_by("shift_start").last()
        fill_later.adet_s = 7_000
        fill_later.save()
        replay_forecasts(span=span, cadence=cadence, out=out, now=NOW, tell=silent)
    assert out.read_bytes() == whole
    rows = rows_of(tmp_path / "a.csv")
    assert len(rows) == 3 * 4 * 30
    assert {row["machine_id"] for row in rows} == {"*", "M001", "M002", "M003"}
    assert {(row["as_of"], row["date"]) for row in rows if row["horizon"] == "1"} == {
        (f"2026-11-{day}T06:00:00+00:00", f"2026-11-{day}") for day in (16, 17, 18)
    }


def test_anomalies_are_replayed_the_same_each_time(plant, tmp_path):
    odd = Interval(NOW - 2 * DAY, NOW - 2 * DAY + timedelta(hours=6))
    with tenant_context(plant):
        sample(Machine.objects.get(machine_id="M001"), days=20, odd=odd)
    span = Span(start=NOW - 3 * DAY, end=NOW - DAY)
    first = command(tmp_path / "a.csv", "anomaly", span, "--machine", "M001")
    assert command(tmp_path / "b.csv", "anomaly", span, "--machine", "M001") == first
    rows = rows_of(tmp_path / "a.csv")
    assert len(rows) == 2 * 144
    found = {row["time"] for row in rows if row["is_anomaly"] == "1"}
    assert found
    assert min(found) >= odd.start.isoformat()


@pytest.mark.parametrize(
    ("options", "word"),
    [(("--machine", "M404"), "M404"), (("--retrain", "7"), "--retrain")],
)
def test_a_question_that_cannot_be_answered_is_refused_with_a_sentence(
    plant, tmp_path, options, word
):
    with pytest.raises(CommandError, match=word):
        command(tmp_path / "a.csv", "downtime", SPAN, *options)


@pytest.mark.parametrize("name", ["folder", "taken.csv"])
def test_a_file_that_cannot_be_written_is_said_in_a_sentence(plant, tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "taken.csv.parts").write_text("not a folder")
    with pytest.raises(CommandError, match=f"{name} cannot be written: "):
        command(tmp_path / name)


def test_two_replays_do_not_write_one_file_at_a_time(plant, tmp_path):
    out = tmp_path / "a.csv"

    def tell(percent: float, step: str) -> None:
        with pytest.raises(CommandError, match="Another replay is writing"):
            command(out)

    with tenant_context(plant):
        replay_downtime(span=SPAN, cadence=Cadence(), out=out, now=NOW, tell=tell)
    assert out.read_bytes() == command(tmp_path / "alone.csv")


@pytest.mark.parametrize(
    "end", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00", "2100-01-01T00:00:00+00:00"]
)
def test_a_time_that_no_plant_has_is_refused_in_a_sentence(plant, tmp_path, end):
    span = Span(start=MONDAY, end=datetime.fromisoformat(end))
    with pytest.raises(CommandError, match="--to: must lie between 1971 and a year from now"):
        command(tmp_path / "a.csv", "forecast", span)


def test_a_time_before_the_first_record_has_no_anomalies(plant, tmp_path):
    out = tmp_path / "a.csv"
    command(out, "anomaly", Span(start=MONDAY - 700 * DAY, end=MONDAY - 699 * DAY))
    assert rows_of(out) == []

"""Whatever comes in whichever order, the rows are those of one derivation over everything."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from amis.interval import Interval
from production.models import Outage, ProductionRecord, StateInterval, Stop, StopReason
from production.services.derive import derive_records
from production.tests.factories import make_machine, store

# 00:00 in Chicago, in the Night shift
START = datetime(2026, 11, 19, 6, tzinfo=UTC)
BREAKS = [{"start": "02:00", "end": "02:20"}, {"start": "10:00", "end": "10:30"}]
HOURS = 26
DERIVED = [f.name for f in ProductionRecord._meta.fields if f.name not in ("id", "updated_at")]


class Plant:
    """A machine whose values come late, with holes, and are derived in steps of any size."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.machine = make_machine(breaks=BREAKS)
        self.now = self.produced = self.defective = 0
        self.late: list[tuple[str, int, int]] = []
        self.times: set[tuple[str, int]] = set()

    def step(self) -> None:
        """Some time passes; what happened in it is derived."""
        began, length = self.now, self.random.choice([5, 60, 600, 3_600, 18_000])
        values = sorted(self._values(began, length), key=lambda value: value[1])
        for role, at, value in values:
            if self.random.random() < 0.2:
                self.late.append((role, at, value))
            else:
                store(self.machine, role, (instant(at), value))
        if self.random.random() < 0.2:
            self._lose(began, length)
        self.now += length
        self.derive(min([began, *self._bring_in()]) if self.random.random() < 0.5 else began)

    def derive(self, since: int) -> None:
        interval = Interval(instant(since), instant(self.now))
        derive_records(machine=self.machine, interval=interval, now=interval.end)

    def finish(self) -> None:
        self.derive(min([self.now - 1, *self._bring_in()]))

    def _values(self, began: int, length: int) -> list[tuple[str, int, int]]:
        found = []
        for at in sorted(
            self.random.sample(range(began, began + length), self.random.randint(0, 5))
        ):
            self.produced += self.random.randint(0, 9)
            self.defective += self.random.randint(0, 1)
            found += [
                ("state", at, self.random.choice([6, 6, 6, 11, 5, 15, 4, 77])),
                ("produced", at, self.produced),
                ("defective", at, self.defective),
                ("starved", at, self.random.randint(0, 1)),
            ]
        return found

    def _bring_in(self) -> list[int]:
        """The late values arrive; their times."""
        for role, at, value in self.late:
            store(self.machine, role, (instant(at), value))
        times, self.late = [at for _, at, _ in self.late], []
        return times

    def _lose(self, began: int, length: int) -> None:
        start, end = (instant(began + length * share) for share in (0.3, 0.6))
        plc = self.machine.connection
        Outage.objects.create(connection=plc, started_at=start, ended_at=end)


def instant(second: float) -> datetime:
    return START + timedelta(seconds=second)


def rows(*, ids: bool) -> list[list[tuple]]:
    own = ["pk"] if ids else []
    return [
        list(StateInterval.objects.order_by("start").values_list("start", "end", "state", *own)),
        list(Stop.objects.order_by("start").values_list("start", "end", "state", "shift", *own)),
        list(ProductionRecord.objects.order_by("shift_start").values_list(*DERIVED, *own)),
    ]


def time_closes(record: ProductionRecord) -> None:
    parts = record.planned_down_s + record.no_data_s + record.pbt_s
    assert parts == pytest.approx(record.pot_s, abs=1e-6)
    busy = record.apt_s + record.aust_s + record.adet_s + record.adot_s
    assert busy == pytest.approx(record.pbt_s, abs=1e-6)
    assert 0 <= record.unassigned_s <= record.adet_s + 1e-6


@pytest.mark.parametrize("seed", range(7, 11))
def test_piecemeal_and_late_gives_what_one_look_over_everything_gives(db, chicago, seed):
    with tenant_context(chicago):
        plant = Plant(seed)
        while plant.now < HOURS * 3_600:
            plant.step()
        plant.finish()
        assert ProductionRecord.objects.count() >= 2
        for record in ProductionRecord.objects.all():
            time_closes(record)
        states = StateInterval.objects.order_by("start").values_list("start", "end")
        assert all(one[1] == other[0] for one, other in itertools.pairwise(states))
        before = rows(ids=True)
        plant.derive(0)
        assert rows(ids=True) == before
        piecemeal = rows(ids=False)
        for model in (StateInterval, Stop, ProductionRecord):
            model.objects.all().delete()
        plant.derive(0)
        assert rows(ids=False) == piecemeal


@pytest.mark.parametrize("seed", [7])
def test_a_persons_word_survives_every_derivation_that_keeps_the_stop(db, chicago, seed):
    with tenant_context(chicago):
        plant = Plant(seed)
        jam = StopReason.objects.create(code="jam", name="Jam")
        while plant.now < HOURS * 3_600:
            plant.step()
            Stop.objects.exclude(end=None).update(reason=jam, reason_by="alice")
        explained = set(Stop.objects.filter(reason=jam).values_list("pk", "start"))
        assert explained
        plant.derive(0)
        assert set(Stop.objects.filter(reason=jam).values_list("pk", "start")) == explained

"""Lost minutes: their kinds add up to planned busy time without the ideal time of good pieces."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from analytics.kpis.losses import losses, lost_s
from analytics.kpis.rollup import Sums, kpis

SHIFT = Sums(
    pbt_s=27_000, apt_s=23_220, aust_s=600, adet_s=3_000, adot_s=180, ideal_produced_s=22_200,
    ideal_good_s=21_300, repair_s=2_400, pq=370, gq=355, sq=15, records=1,
)  # fmt: skip


def test_the_golden_shift_lost_95_minutes():
    assert lost_s(SHIFT) == 5_700
    assert lost_s(SHIFT) == pytest.approx(SHIFT.pbt_s * (1 - kpis(SHIFT)["oee"]))


def test_kinds_add_up_to_what_was_lost():
    found = losses(SHIFT, untold_s=0.0)
    assert found.stops == 2_400
    assert found.minor_stops == 600
    assert found.speed == 1_020
    assert found.defects == 900
    assert sum(astuple(found)) == lost_s(SHIFT)


def test_submitted_downtime_is_neither_a_failure_nor_a_minor_stop():
    found = losses(replace(SHIFT, repair_s=0.0), untold_s=3_000)
    assert (found.stops, found.minor_stops, found.untold) == (0, 0, 3_000)


def test_a_machine_faster_than_its_ideal_speed_loses_less_than_nothing_by_speed():
    fast = replace(SHIFT, ideal_produced_s=25_000, ideal_good_s=24_000)
    assert losses(fast, untold_s=0.0).speed < 0
    assert sum(astuple(losses(fast, untold_s=0.0))) == lost_s(fast)


@pytest.mark.parametrize("unknown", ["unknown_gq", "missing_pri"])
def test_an_unknown_count_makes_the_lost_minutes_unknown(unknown):
    assert lost_s(replace(SHIFT, **{unknown: 1})) is None
    assert losses(replace(SHIFT, **{unknown: 1}), untold_s=0.0) is None


def test_without_a_record_nothing_is_known():
    assert lost_s(Sums(no_data_s=28_800)) is None


def test_an_unknown_number_of_pieces_leaves_the_lost_minutes_but_not_their_kinds():
    unknown = replace(SHIFT, unknown_pq=1)
    assert lost_s(unknown) == 5_700
    assert losses(unknown, untold_s=0.0) is None


def test_an_unknown_downtime_leaves_the_lost_minutes_but_not_their_kinds():
    unknown = replace(SHIFT, unknown_downtime=1)
    assert lost_s(unknown) == 5_700
    assert losses(unknown, untold_s=0.0) is None

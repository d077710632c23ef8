"""Each ratio by a worked example, and None where it has no meaning."""

from __future__ import annotations

import pytest

from analytics.kpis import oee


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (oee.availability(apt=387 * 60, pbt=450 * 60), 0.86),
        (oee.effectiveness(ideal_produced=370 * 60, apt=387 * 60), 0.956072),
        (oee.quality_ratio(ideal_good=355 * 60, ideal_produced=370 * 60), 0.959459),
        (oee.oee(ideal_good=355 * 60, pbt=450 * 60), 0.788889),
        (oee.yield_ratio(gq=355, pq=370), 0.959459),
        (oee.defect_rate(sq=15, pq=370), 0.040541),
        (oee.setup_rate(aust=60, apt=180), 0.25),
        (oee.technical_efficiency(apt=300, adet=100), 0.75),
        (oee.throughput_per_h(pq=370, apt=387 * 60), 57.364341),
        (oee.mtbf_min(apt=387 * 60, failures=3), 129),
        (oee.mttr_min(repair=63 * 60, failures=3), 21),
        (oee.teep(ideal_good=355 * 60, calendar_s=480 * 60), 0.739583),
        (oee.effectiveness(ideal_produced=120, apt=60), 2),
    ],
)
def test_a_worked_example(found, expected):
    assert found == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    "undefined",
    [
        oee.availability(apt=0, pbt=0),
        oee.availability(apt=None, pbt=60),
        oee.effectiveness(ideal_produced=60, apt=0),
        oee.quality_ratio(ideal_good=0, ideal_produced=0),
        oee.oee(ideal_good=None, pbt=60),
        oee.yield_ratio(gq=None, pq=3),
        oee.defect_rate(sq=0, pq=0),
        oee.setup_rate(aust=0, apt=0),
        oee.setup_rate(aust=60, apt=None),
        oee.technical_efficiency(apt=60, adet=None),
        oee.throughput_per_h(pq=1, apt=0),
        oee.mtbf_min(apt=60, failures=0),
        oee.mtbf_min(apt=None, failures=1),
        oee.mttr_min(repair=0, failures=0),
        oee.teep(ideal_good=1, calendar_s=0),
    ],
)
def test_what_has_no_meaning_is_none(undefined):
    assert undefined is None


def test_nothing_made_in_busy_time_is_zero_and_not_none():
    assert oee.oee(ideal_good=0, pbt=60) == 0
    assert oee.availability(apt=0, pbt=60) == 0

"""KPIs of one machine and of many: A × E × Q = OEE at every level, and no mean of percentages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.kpis.rollup import Sums, kpis

GOLDEN = Sums(
    pot_s=480 * 60,
    pbt_s=450 * 60,
    apt_s=387 * 60,
    adet_s=63 * 60,
    pq=370,
    gq=355,
    sq=15,
    ideal_produced_s=370 * 60,
    ideal_good_s=355 * 60,
    records=1,
)


def test_the_golden_case():
    result = kpis(GOLDEN)
    assert result["availability"] == pytest.approx(0.8600, abs=5e-5)
    assert result["effectiveness"] == pytest.approx(0.956072, abs=5e-7)
    assert result["quality_ratio"] == pytest.approx(0.959459, abs=5e-7)
    assert result["oee"] == pytest.approx(0.788889, abs=5e-7)
    assert result["yield"] == pytest.approx(355 / 370)
    assert result["defect_rate"] == pytest.approx(15 / 370)
    assert result["throughput_per_h"] == pytest.approx(370 / 387 * 60)
    assert (result["downtime_min"], result["pbt_min"]) == (63, 450)


def test_a_roll_up_is_not_the_mean_of_percentages():
    small = Sums(
        pot_s=600, pbt_s=600, apt_s=60, pq=1, gq=1, ideal_produced_s=60, ideal_good_s=60, records=1
    )
    both = kpis(GOLDEN + small)
    mean = (kpis(GOLDEN)["oee"] + kpis(small)["oee"]) / 2
    assert both["oee"] == pytest.approx((355 * 60 + 60) / (450 * 60 + 600))
    assert abs(both["oee"] - mean) > 0.2


def test_a_shift_without_a_piece_has_no_quality_and_says_why():
    result = kpis(Sums(pot_s=480 * 60, pbt_s=450 * 60, adet_s=450 * 60, records=1))
    assert result["oee"] == 0
    assert result["availability"] == 0
    for key in ("quality_ratio", "yield", "defect_rate", "effectiveness"):
        assert result[key] is None
        assert result["reasons"][key]


def test_nothing_planned_is_undefined_with_its_reason():
    result = kpis(Sums())
    assert result["oee"] is None
    assert result["units_produced"] is None
    assert result["apt_min"] is None
    assert result["reasons"]["oee"] == "no planned busy time in this window"


def test_one_unknown_count_makes_the_sum_unknown_but_not_the_time():
    result = kpis(GOLDEN + Sums(pbt_s=60, apt_s=60, unknown_pq=1, unknown_gq=1, records=1))
    assert result["units_produced"] is None
    assert result["oee"] is None
    assert result["availability"] == pytest.approx((387 * 60 + 60) / (450 * 60 + 60))
    assert "unknown" in result["reasons"]["oee"]


def test_a_missing_ideal_cycle_leaves_yield_and_takes_oee():
    result = kpis(GOLDEN + Sums(pbt_s=60, pq=3, gq=3, missing_pri=1, records=1))
    assert result["oee"] is None
    assert "ideal cycle" in result["reasons"]["oee"]
    assert result["yield"] == pytest.approx(358 / 373)


machines = st.lists(
    st.tuples(
        st.floats(60, 30_000), st.floats(0.05, 1), st.integers(1, 900), st.floats(0, 1),
        st.floats(0.5, 120),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@given(machines)
def test_the_product_is_oee_at_every_level(plant):
    total = Sums()
    for pbt, running, pq, good, pri in plant:
        gq = int(pq * good)
        total = total + Sums(
            pbt_s=pbt, apt_s=pbt * running, pq=pq, gq=gq, sq=pq - gq,
            ideal_produced_s=pri * pq, ideal_good_s=pri * gq, records=1,
        )  # fmt: skip
    result = kpis(total)
    assume(result["quality_ratio"])
    product = result["availability"] * result["effectiveness"] * result["quality_ratio"]
    assert product == pytest.approx(result["oee"])


def test_a_window_of_silence_says_that_there_is_no_data():
    result = kpis(Sums(pot_s=480 * 60, no_data_s=450 * 60, records=1))
    assert result["oee"] is None
    assert "no data" in result["reasons"]["oee"]


@pytest.mark.parametrize(
    ("unknown", "without"),
    [
        ({"unknown_pq": 1, "unknown_gq": 1}, {"units_produced", "good_units", "yield", "oee"}),
        ({"unknown_pq": 1}, {"units_produced", "yield", "effectiveness", "quality_ratio"}),
        ({"unknown_sq": 1, "unknown_gq": 1}, {"good_units", "defective_units", "yield", "oee",
                                              "defect_rate", "quality_ratio"}),
        ({"unknown_downtime": 1}, {"downtime_min", "apt_min", "availability", "effectiveness"}),
        ({"missing_pri": 1}, {"oee", "effectiveness", "quality_ratio"}),
    ],
)  # fmt: skip
def test_what_is_unknown_of_one_record_is_null_of_the_sum_with_its_reason(unknown, without):
    result = kpis(GOLDEN + Sums(pbt_s=60, records=1, **unknown))
    for key in without:
        assert result[key] is None, key
        assert result["reasons"][key], key
    known = {"units_produced", "good_units", "defective_units", "downtime_min", "pbt_min"} - without
    assert all(result[key] is not None for key in known)


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        ({}, "mtbf_min", "no failure in this window"),
        ({}, "mttr_min", "no failure in this window"),
        ({"failures": 2, "unknown_downtime": 1}, "mtbf_min", "the downtime of a shift is unknown"),
        ({"unknown_downtime": 1}, "availability", "the downtime of a shift is unknown"),
        ({"unknown_downtime": 1, "unknown_pq": 1}, "units_produced", "a count is unknown"),
        ({"unknown_downtime": 1, "unknown_pq": 1}, "yield", "a count is unknown"),
        ({"unknown_pq": 1, "missing_pri": 1}, "effectiveness", "a count is unknown"),
        ({"unknown_sq": 1}, "defect_rate", "a count is unknown"),
        ({"unknown_gq": 1}, "oee", "a count is unknown"),
        ({"missing_pri": 1}, "quality_ratio", "a machine has no ideal cycle time"),
        ({"apt_s": 0}, "throughput_per_h", "no producing time"),
        ({"apt_s": 0, "pq": 0, "missing_pri": 1}, "throughput_per_h", "no producing time"),
        ({"pq": 0, "gq": 0, "sq": 0}, "yield", "no piece was made"),
        ({"pq": 0, "gq": 0, "sq": 0, "missing_pri": 1}, "yield", "no piece was made"),
    ],
)
def test_a_null_tells_its_nearest_cause(change, key, reason):
    result = kpis(replace(GOLDEN, **change))
    assert result[key] is None
    assert result["reasons"][key] == reason


def test_only_nulls_have_reasons():
    result = kpis(replace(GOLDEN, failures=3, repair_s=63 * 60))
    assert (result["mtbf_min"], result["mttr_min"]) == (129, 21)
    assert result["reasons"] == {}


def test_an_hour_without_data_in_four_leaves_three_quarters_covered():
    assert kpis(replace(GOLDEN, pbt_s=3 * 3600, no_data_s=3600))["data_coverage"] == 0.75

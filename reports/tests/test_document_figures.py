"""A figure at a fixed width says the same as on a page and needs no style sheet."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analytics.figures.columns import columns
from analytics.figures.members import member_lines
from analytics.figures.waterfall import waterfall
from production.figures.strip import Stretch
from production.figures.svg import at, box, dot, inset, stretched, svg, text, way
from reports.document.charts import charts
from reports.document.fixed import SVG, fixed, title_of
from reports.document.thin import thinned
from reports.tests.sample_content import large_content, sample_content

CHARTS = charts(sample_content())


def shapes(drawn, tag):
    return [dict(node.attrib) for node in ElementTree.fromstring(drawn).iter(f"{{{SVG}}}{tag}")]


def test_shares_become_pixels_and_stretched_paths_follow_the_width():
    parts = [
        box(0.25, 5, 0.5, 4, "running"),
        dot(0.5, 10),
        stretched([way([(0.1, 2), (0.9, 8)], "curve thin")], height=20),
        at(0.75, ['<path class="now-head" d="M-4 0h8l-4 5z"/>']),
        inset([text(1, 12, "end", anchor="end")], left=48, height=20),
    ]
    drawn = fixed(svg(height=20, title="Speed", parts=parts, css="fig"), width=400)
    (rect,) = shapes(drawn, "rect")
    assert (rect["x"], rect["width"], rect["fill"]) == ("100", "200", "#7f8c96")
    assert shapes(drawn, "circle")[0]["cx"] == "200"
    assert [path["d"] for path in shapes(drawn, "path")] == ["M40 2L360 8", "M-4 0h8l-4 5z"]
    moved = [part["transform"] for part in shapes(drawn, "g")]
    assert moved == ["translate(300.00 0)", "translate(48.00 0)"]
    assert shapes(drawn, "text")[0]["x"] == "352"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_stands_alone_and_has_its_words(name):
    root = ElementTree.fromstring(CHARTS[name])
    assert root[0].tag == f"{{{SVG}}}title"
    assert len(title_of(CHARTS[name])) > 20
    for node in root.iter():
        values = " ".join(node.attrib.values())
        assert "%" not in values
        assert "class" not in node.attrib
        if node.tag.endswith(("path", "rect", "circle", "line")):
            assert {"fill", "stroke"} & set(node.attrib), node.attrib


def test_all_charts_of_a_report_are_there():
    wanted = {
        "machine_comparison", "loss_waterfall", "production_by_shift", "downtime_trend",
        "feature_importance", "actual_vs_predicted", "forecast_downtime_min",
        "members_downtime_min", "comparison_downtime_min", "anomaly_timeline_M002",
    }  # fmt: skip
    assert wanted <= set(CHARTS)


def test_a_changeover_is_hatched_without_a_pattern():
    hatched = [path for path in shapes(CHARTS["loss_waterfall"], "path") if "L" in path["d"]]
    assert hatched
    assert "url(" not in CHARTS["loss_waterfall"]


def test_a_waterfall_begins_each_loss_where_the_last_one_ended():
    losses = [("Stops", 20.0, "bar-bad"), ("Speed", 30.0, "bar-slow")]
    drawn = fixed(waterfall(("All", 100.0), losses, ("Good", 50.0), title="t"), width=1000)
    bars = [(float(one["x"]), float(one["width"])) for one in shapes(drawn, "rect")]
    (_, whole), stops, speed, (_, rest) = bars
    assert stops[0] == pytest.approx(speed[0] + speed[1], abs=0.1)
    assert rest == pytest.approx(whole / 2, abs=0.1)
    assert speed[1] == pytest.approx(stops[1] * 1.5, abs=0.1)


def test_won_minutes_go_the_other_way_in_a_waterfall():
    losses = [("Stops", 20.0, "bar-bad"), ("Speed", -10.0, "bar-slow")]
    drawn = fixed(waterfall(("All", 100.0), losses, ("Good", 90.0), title="t"), width=1000)
    _, stops, won, _ = [(float(one["x"]), float(one["width"])) for one in shapes(drawn, "rect")]
    assert won[0] == pytest.approx(stops[0], abs=0.1)
    assert won[1] == pytest.approx(stops[1] / 2, abs=0.1)
    assert "−10\u00a0min" in drawn


def test_what_serves_lstm_and_prophet_are_compared_however_many_members_there_are():
    content = sample_content()
    forecast = content.forecasts[0]
    more = tuple(replace(forecast.members[3], name=f"Model {n}") for n in range(6))
    crowded = replace(forecast, members=(*more, *forecast.members))
    drawn = charts(replace(content, forecasts=(crowded,)))["members_downtime_min"]
    words = {node.text for node in ElementTree.fromstring(drawn).iter()}
    assert {"Combined", "LSTM", "Prophet", "Model 0"} <= words


def test_a_column_is_as_tall_as_its_value_and_an_unknown_one_is_a_gap():
    rows = [("Mon", 50.0, "bar-value"), ("Tue", None, "bar-value"), ("Wed", 100.0, "bar-bad")]
    bars = shapes(fixed(columns(rows, title="t"), width=500), "rect")
    assert [one["fill"] for one in bars] == ["#525a63", "#b3261e"]
    assert float(bars[1]["height"]) == pytest.approx(2 * float(bars[0]["height"]), abs=0.2)


def test_members_keep_their_names_apart_and_leave_gaps():
    days = [one.day for one in sample_content().days[:5]]
    members = [("LSTM", [1.0, 2.0, None, 2.0, 2.0]), ("Prophet", [1.0, 2.0, 2.0, 2.0, 2.0])]
    drawn = fixed(member_lines(days, members, is_ratio=False, title="t"), width=600)
    said = {node.text: float(node.get("y")) for node in ElementTree.fromstring(drawn).iter()
            if node.text in ("LSTM", "Prophet")}  # fmt: skip
    assert abs(said["LSTM"] - said["Prophet"]) >= 14
    assert len(shapes(drawn, "path")) == 3


def test_a_large_plant_has_few_timelines_and_comparisons():
    drawn = charts(large_content())
    assert drawn["machine_comparison"].count("<text") <= 40
    assert sum(name.startswith("anomaly_timeline") for name in drawn) <= 6


def test_a_strip_of_more_stretches_than_pixels_shows_what_took_most_of_each():
    kinds = ("running", "down")
    many = [Stretch(n, n + (0.7 if n % 2 else 1.0), kinds[n % 2]) for n in range(1000)]
    half = thinned(many, start=0, end=1000, most=100)
    assert [(one.start, one.end, one.kind) for one in half] == [(0.0, 1000.0, "running")]
    stop = [*many[:400], Stretch(400, 500, "down"), *many[500:]]
    told = [(one.start, one.end, one.kind) for one in thinned(stop, start=0, end=1000, most=100)]
    assert told == [(0, 400, "running"), (400, 500, "down"), (500, 1000, "running")]
    assert thinned(many, start=0, end=1000, most=1000) is many

"""The charts of a report as SVG at the width of the page, drawn by the pages' own figures."""

from __future__ import annotations

from collections.abc import Iterator

from amis.marked import _
from analytics.figures.bands import forecast_bands
from analytics.figures.bars import comparison, importance
from analytics.figures.columns import Column, columns
from analytics.figures.members import member_lines
from analytics.figures.scatter import scatter
from analytics.figures.timeline import timeline
from analytics.figures.waterfall import waterfall
from production.figures.bars import compared
from reports.document.content import Content
from reports.document.fixed import fixed
from reports.document.outlook import Member, MetricForecast, OddTimeline
from reports.document.words import day, minutes, percent, pieces, short_name

WIDE, HALF = 698.0, 333.0
"""Pixels of the page's width and of one of two columns."""
MOST_TIMELINES, MOST_COMPARED, MOST_MEMBERS = 6, 20, 4
NEURAL_AND_PROPHET = ("LSTM", "Prophet")
LOSS_COLOURS = {
    "stops": "bar-bad", "changeover": "changeover", "speed": "bar-slow", "minor": "bar-slow",
}  # fmt: skip


def charts(content: Content) -> dict[str, str]:
    """Name → SVG. What has no data has no chart."""
    drawn = {**_measured(content), **_outlook(content)}
    return {name: svg for name, svg in drawn.items() if svg}


def _measured(content: Content) -> dict[str, str]:
    return {
        "machine_comparison": _machines(content),
        "loss_waterfall": _waterfall(content),
        "production_by_shift": _shifts(content),
        "downtime_trend": _days(content),
    }


def _outlook(content: Content) -> dict[str, str]:
    shift, odd = content.next_shift, content.oddities
    drawn = {}
    if shift and shift.importance:
        title = _("What the model of the next shift looks at; first %(factor)s") % {
            "factor": shift.importance[0][0]
        }
        drawn["feature_importance"] = fixed(importance(shift.importance, title=title), width=HALF)
    if shift and shift.met:
        title = _("Actual against predicted downtime of %(n)d shifts, in minutes") % {
            "n": len(shift.met)
        }
        figure = scatter(shift.met, across=_("predicted minutes"), title=title)
        drawn["actual_vs_predicted"] = fixed(figure, width=HALF)
    for forecast in content.forecasts:
        drawn |= dict(_forecast(forecast))
    for line in _shown(odd.timelines if odd else ()):
        drawn[f"anomaly_timeline_{line.machine_id}"] = _timeline(content, line)
    return drawn


def _machines(content: Content) -> str:
    known = [one for one in content.performance if one.oee is not None]
    if not known:
        return ""
    shown = known[:MOST_COMPARED]
    rows = [(short_name(one.machine_name, 16), one.oee, percent(one.oee)) for one in shown]
    lowest = min(known, key=lambda one: one.oee or 0.0)
    title = _("OEE of %(n)d machines; lowest %(name)s %(oee)s") % {
        "n": len(rows), "name": lowest.machine_name, "oee": percent(lowest.oee),
    }  # fmt: skip
    return fixed(compared(rows, title=title), width=WIDE)


def _waterfall(content: Content) -> str:
    losses = content.losses
    if losses.busy_min is None or losses.lost_min is None:
        return ""
    good = losses.busy_min - losses.lost_min
    steps = [
        (row.label, row.minutes, LOSS_COLOURS.get(row.key, "bar-open"))
        for row in losses.rows
        if row.minutes is not None
    ]
    title = _("Of %(busy)s planned busy time %(lost)s were lost and %(good)s made good pieces") % {
        "busy": minutes(losses.busy_min), "lost": minutes(losses.lost_min), "good": minutes(good),
    }  # fmt: skip
    figure = waterfall(
        (_("Planned busy time"), losses.busy_min), steps, (_("Good time"), good), title=title
    )
    return fixed(figure, width=WIDE)


def _shifts(content: Content) -> str:
    rows = content.shifts
    if not any(row.good is not None for row in rows):
        return ""
    is_short = len(rows) <= 9
    told: list[Column] = []
    for n, row in enumerate(rows):
        is_first = n == 0 or rows[n - 1].day != row.day
        words = row.shift if is_short else day(row.day)[:6] if is_first else ""
        told.append((words, row.good, "bar-value"))
    total = sum(row.good or 0.0 for row in rows)
    title = _("Good pieces of %(n)d shifts, %(total)s in all") % {
        "n": len(rows), "total": pieces(total),
    }  # fmt: skip
    return fixed(columns(told, title=title), width=WIDE)


def _days(content: Content) -> str:
    rows = content.days
    if not any(row.downtime_min is not None for row in rows):
        return ""
    told: list[Column] = [
        (
            day(row.day) if row.day.weekday() == 0 or len(rows) <= 8 else "",
            row.downtime_min,
            "bar-bad" if row.day >= content.head.first_day else "bar-value",
        )
        for row in rows
    ]
    title = _("Downtime minutes of %(n)d days; those of this report are red") % {"n": len(rows)}
    return fixed(columns(told, title=title), width=WIDE)


def _forecast(forecast: MetricForecast) -> Iterator[tuple[str, str]]:
    if not any(band.median is not None for band in forecast.coming):
        return
    is_ratio, label = forecast.unit == "%", forecast.label
    count, metric = len(forecast.coming), forecast.metric
    figure = forecast_bands(
        forecast.past, forecast.coming, is_ratio=is_ratio, height=240,
        title=_("%(what)s of the last %(past)d days and forecast of %(count)d days with "
                "80\u00a0%% and 95\u00a0%% bands, in %(unit)s")
        % {"what": label, "past": len(forecast.past), "count": count, "unit": forecast.unit},
    )  # fmt: skip
    yield f"forecast_{metric}", fixed(figure, width=WIDE)
    lines = [(one.name, one.values) for one in compared_members(forecast)]
    if len(lines) > 1:
        names = ", ".join(name for name, _ in lines)
        figure = member_lines(
            [band.day for band in forecast.coming], lines, is_ratio=is_ratio,
            title=_("%(what)s as forecast by %(names)s, in %(unit)s")
            % {"what": label, "names": names, "unit": forecast.unit},
        )  # fmt: skip
        yield f"members_{metric}", fixed(figure, width=WIDE)
    graded = [(one.name, one.against_naive, one.serves) for one in forecast.members]
    if any(change is not None for _, change, _ in graded):
        title = _("Error of each model of %(what)s against seasonal naive; left is better") % {
            "what": label.lower()
        }
        yield f"comparison_{metric}", fixed(comparison(graded, title=title), width=HALF)


def compared_members(forecast: MetricForecast) -> list[Member]:
    """Those with values that a reader compares: what serves, LSTM and Prophet, then the others."""
    known = [one for one in forecast.members if any(one.values)]
    ordered = sorted(known, key=lambda one: (not one.serves, one.name not in NEURAL_AND_PROPHET))
    return ordered[:MOST_MEMBERS]


def _shown(lines: tuple[OddTimeline, ...]) -> list[OddTimeline]:
    """Those with a flag first."""
    flagged = sorted(lines, key=lambda line: not any(point[2] for point in line.points))
    return flagged[:MOST_TIMELINES]


def _timeline(content: Content, line: OddTimeline) -> str:
    start, end = content.head.start.timestamp(), content.head.end.timestamp()

    def share(at: float) -> float:
        return (at - start) / max(end - start, 1e-9)

    flags = sum(point[2] for point in line.points)
    threshold = content.oddities.threshold if content.oddities else None
    figure = timeline(
        [(share(at), score, is_flagged) for at, score, is_flagged in line.points],
        threshold=threshold,
        ticks=[(share(at), words) for at, words in content.ticks],
        title=_("How odd %(name)s was over time; %(n)d moments flagged")
        % {"name": line.machine_name, "n": flags},
    )
    return fixed(figure, width=WIDE)

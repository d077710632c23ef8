"""The plant's daily forecasts of each metric, as they were said, with LSTM and Prophet beside."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ai_insights.selectors.facts.days import moment_words
from analytics.figures.names import spoken
from analytics.forecasting.series import PLANT
from analytics.selectors import outlook_shapes as shapes
from analytics.selectors.day_bands import coming_days, past_days
from analytics.selectors.findings import members_found, weeks_found
from analytics.selectors.forecast_outlook import newest_forecast
from analytics.selectors.metrics import metrics_of_plant
from analytics.selectors.outlook import forecast_outlook
from analytics.templatetags.predictions import amount, with_unit
from reports.document.outlook import Member, MetricForecast
from reports.document.rows import ForecastRow
from reports.selectors.content.sheet import Sheet

LABELS = {
    "downtime_min": "Downtime",
    "units_produced": "Pieces",
    "defect_rate": "Defect rate",
    "oee": "OEE",
}
DAYS, PAST_DAYS = 30, 28
COMPARED = {"lstm": "LSTM", "prophet": "Prophet"}
NOT_INSTALLED = "not installed or not trained"
NOT_SAID = "No forecast had been made by the end of this window."
Outlook = shapes.ForecastOutlook


def outlook_of(sheet: Sheet, metric: str) -> Outlook | shapes.Insufficient:
    """The plant's forecast that served at the report's moment."""
    said_by = sheet.moment if sheet.is_past else None
    return forecast_outlook(
        metric=metric, machine_id=None, days=DAYS, now=sheet.moment, said_by=said_by
    )


def forecasts_of(sheet: Sheet) -> tuple[tuple[MetricForecast, ...], tuple[ForecastRow, ...], str]:
    """Every metric's forecast, the same as rows, and why there is none."""
    found, rows, why = [], [], ""
    for metric in metrics_of_plant():
        outlook = outlook_of(sheet, metric)
        if isinstance(outlook, shapes.Insufficient):
            why = why or (_(NOT_SAID) if sheet.is_past else " ".join(outlook.missing))
            continue
        found.append(_forecast(sheet, outlook))
        rows += _rows(outlook)
    return tuple(found), tuple(rows), "" if found else why


def total_sentence(sheet: Sheet) -> str:
    """Next 7 days 1,284 min, after 1,270 in the last 7, and how good the forecast has been."""
    outlook = outlook_of(sheet, "downtime_min")
    if isinstance(outlook, shapes.Insufficient):
        return ""
    parts = [_total(outlook, 7), _skill(outlook), _as_said(sheet, outlook)]
    return " ".join(part for part in parts if part)


def _forecast(sheet: Sheet, outlook: Outlook) -> MetricForecast:
    sentences = [_total(outlook, 7), _total(outlook, DAYS), members_found(outlook)]
    sentences += [weeks_found(outlook.weeks), _as_said(sheet, outlook)]
    return MetricForecast(
        metric=outlook.metric,
        label=label_of(outlook.metric),
        unit=outlook.unit,
        past=tuple(past_days(outlook.history, PAST_DAYS)),
        coming=tuple(coming_days(outlook.dates, outlook.quantiles, outlook.closed)),
        served=spoken("combined" if outlook.served == "model" else outlook.served),
        sentences=tuple(one for one in sentences if one),
        members=_members(sheet, outlook),
    )


def label_of(metric: str) -> str:
    return _(LABELS[metric]) if metric in LABELS else spoken(metric).capitalize()


def _total(outlook: Outlook, days: int) -> str:
    total = next((one for one in outlook.totals if one.days == days), None)
    if total is None:
        return ""
    words = {
        "days": days,
        "median": with_unit(total.median, outlook.unit),
        "low": amount(total.lo80, outlook.unit),
        "high": with_unit(total.hi80, outlook.unit),
        "before": amount(total.before, outlook.unit),
    }
    said = _("Next %(days)s days %(median)s, 80 %% range %(low)s to %(high)s") % words
    if total.before is None:
        return f"{said}."
    return f"{said}, " + _("after %(before)s in the last %(days)s.") % words


def _skill(outlook: Outlook) -> str:
    serving = next((one for one in outlook.members if one.serves), None)
    if serving is None or serving.against_naive is None:
        return ""
    percent = round(serving.against_naive * 100)
    if not percent:
        return _("In the backtest the forecast was as good as seasonal naive.")
    said = _("In the backtest its error was %(percent)s\u00a0%% %(side)s that of seasonal naive.")
    return said % {"percent": abs(percent), "side": _("below") if percent < 0 else _("above")}


def _as_said(sheet: Sheet, outlook: Outlook) -> str:
    if not sheet.is_past:
        return ""
    moment = moment_words(outlook.made_at, sheet.scene.timezone)
    return _("As it was said on %(moment)s.") % {"moment": moment}


def _members(sheet: Sheet, outlook: Outlook) -> tuple[Member, ...]:
    """The pool by its backtest, and LSTM and Prophet under these names, trained or not."""
    said_by = sheet.moment if sheet.is_past else None
    row = newest_forecast(metric=outlook.metric, key=PLANT, said_by=said_by)
    medians = row.members if row else {}
    count = len(outlook.dates)
    found = [_member(one, outlook, medians, count) for one in outlook.members]
    known = {one.name for one in found}
    lacking = [
        Member(name=label, reason=_(NOT_INSTALLED))
        for label in COMPARED.values()
        if label not in known
    ]
    return (*found, *lacking)


def _member(
    one: shapes.Member, outlook: Outlook, medians: dict[str, list[float | None] | None], count: int
) -> Member:
    is_ours = one.name == "combined"
    values = outlook.quantiles["0.5"] if is_ours else medians.get(one.name)
    return Member(
        name=COMPARED.get(one.name) or spoken(one.name),
        weight=1.0 if is_ours and one.serves else one.weight,
        against_naive=one.against_naive,
        serves=one.serves,
        values=tuple((values or [])[:count]),
        reason="" if values or one.name not in COMPARED else _(NOT_INSTALLED),
    )


def _rows(outlook: Outlook) -> list[ForecastRow]:
    lo95, lo80, median, hi80, hi95 = (outlook.quantiles[level] for level in shapes.LEVELS)
    machine_id = "" if outlook.key == PLANT else outlook.key
    return [
        ForecastRow(
            metric=outlook.metric,
            machine_id=machine_id,
            day=day,
            median=median[n],
            lo80=lo80[n],
            hi80=hi80[n],
            lo95=lo95[n],
            hi95=hi95[n],
            unit=outlook.unit,
            served=outlook.served,
        )
        for n, day in enumerate(outlook.dates)
    ]

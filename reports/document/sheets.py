"""What the sheets of the workbook hold, before it is known how a workbook is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from amis.marked import _
from reports.document.content import Content
from reports.document.definitions import DEFINITIONS
from reports.document.rows import ForecastRow
from reports.document.sums import MachineSums
from reports.document.words import days, made, span

Kind = Literal["text", "ratio", "min", "pieces", "number", "moment", "day"]
OF_UNIT: dict[str, Kind] = {"%": "ratio", "min": "min", "pieces": "pieces"}
OF_KPI: dict[str, Kind] = {"ratio": "ratio", "minutes": "min", "pieces": "pieces"}


class Cell(NamedTuple):
    """A value with how it is shown; None is an empty cell. A moment is shown in plant time."""

    value: Any
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """`heads` are the columns' names, as the API has them where it has them."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(content: Content) -> list[Sheet]:
    """All rows, whatever the paper had room for."""
    return [
        Sheet("summary", SUMMARY_HEADS, _summary(content)),
        Sheet("records", RECORD_HEADS, tuple(record_cells(content))),
        Sheet("stops", STOP_HEADS, tuple(stop_cells(content))),
        Sheet("forecasts", FORECAST_HEADS, tuple(map(_forecast, content.forecast_rows))),
        Sheet("facts", FACT_HEADS, tuple(_facts(content))),
        Sheet("definitions", ("term", "formula", "source"), _definitions()),
    ]


SUMMARY_HEADS = ("figure", "value", "unit", "target", "before", "note")
RECORD_HEADS = (
    "production_date", "shift", "machine_id", "machine_name", "units_produced", "good_units",
    "defective_units", "downtime_min", "pbt_min", "apt_min", "oee", "source",
)  # fmt: skip
RECORD_KINDS: tuple[Kind, ...] = (
    "day", "text", "text", "text", "pieces", "pieces", "pieces", "min", "min", "min", "ratio",
    "text",
)  # fmt: skip
STOP_HEADS = (
    "machine_id", "machine_name", "start", "end", "minutes", "state", "reason", "category", "note",
)  # fmt: skip
STOP_KINDS: tuple[Kind, ...] = (
    "text", "text", "moment", "moment", "min", "text", "text", "text", "text",
)  # fmt: skip
FORECAST_HEADS = (
    "metric", "machine_id", "date", "median", "lo80", "hi80", "lo95", "hi95", "unit", "served",
)  # fmt: skip
FACT_HEADS = ("id", "label", "value", "unit", "window", "machine_id", "text", "basis", "url")


def record_cells(content: Content) -> Iterator[tuple[Cell, ...]]:
    return _told(content.records, RECORD_HEADS, RECORD_KINDS)


def stop_cells(content: Content) -> Iterator[tuple[Cell, ...]]:
    return _told(content.stops, STOP_HEADS, STOP_KINDS)


def _told(
    rows: Iterable[object], names: tuple[str, ...], kinds: tuple[Kind, ...]
) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield tuple(Cell(getattr(row, n), kind) for n, kind in zip(names, kinds, strict=True))


def _summary(content: Content) -> tuple[tuple[Cell, ...], ...]:
    head = content.head
    about = (
        (_("Plant"), head.plant_name), (_("Days"), days(head.first_day, head.last_day)),
        (_("Window"), span(head.start, head.end, head.zone)),
        (_("Made"), made(head.made_at, head.zone)), (_("Verdict"), content.verdict.word),
        (_("In a sentence"), content.verdict.sentence),
    )  # fmt: skip
    rows = [(Cell(name), Cell(words)) for name, words in about]
    told: list[tuple[Cell, ...]] = [*rows]
    for kpi in content.kpis:
        kind = OF_KPI[kpi.kind]
        unit = {"ratio": "%", "min": "min"}.get(kind, "pieces")
        told.append(
            (Cell(kpi.label), Cell(kpi.value, kind), Cell(unit), Cell(kpi.target, kind),
             Cell(kpi.before, kind), Cell(kpi.note))
        )  # fmt: skip
    told.append(
        (Cell(_("Data completeness")), Cell(content.completeness.share, "ratio"), Cell("%"))
    )
    for loss in content.losses.rows:
        told.append(
            (Cell(_("Lost: %(loss)s") % {"loss": loss.label}), Cell(loss.minutes, "min"),
             Cell("min"), Cell(None), Cell(None), Cell(loss.detail))
        )  # fmt: skip
    told.append((Cell(_("Lost: all")), Cell(content.losses.lost_min, "min"), Cell("min")))
    return (*told, *(row for one in content.performance for row in _machine(one)))


def _machine(one: MachineSums) -> Iterator[tuple[Cell, ...]]:
    figures: tuple[tuple[str, float | None, Kind, str], ...] = (
        (_("OEE"), one.oee, "ratio", "%"),
        (_("Availability"), one.availability, "ratio", "%"),
        (_("Performance"), one.performance, "ratio", "%"),
        (_("Quality"), one.quality, "ratio", "%"),
        (_("Good pieces"), one.good, "pieces", "pieces"),
        (_("Scrap"), one.scrap, "pieces", "pieces"),
        (_("Downtime"), one.downtime_min, "min", "min"),
        (_("Lost"), one.lost_min, "min", "min"),
    )
    for name, value, kind, unit in figures:
        yield Cell(f"{name}, {one.machine_name}"), Cell(value, kind), Cell(unit)


def _forecast(row: ForecastRow) -> tuple[Cell, ...]:
    kind = OF_UNIT.get(row.unit, "number")
    numbers = (row.median, row.lo80, row.hi80, row.lo95, row.hi95)
    return (
        Cell(row.metric), Cell(row.machine_id or "*"), Cell(row.day, "day"),
        *(Cell(value, kind) for value in numbers), Cell(row.unit), Cell(row.served),
    )  # fmt: skip


def _facts(content: Content) -> Iterator[tuple[Cell, ...]]:
    for fact in content.facts:
        yield (
            Cell(fact.id), Cell(fact.label), Cell(fact.value, "number"), Cell(fact.unit),
            Cell(fact.window), Cell(fact.machine_id), Cell(fact.text), Cell(fact.basis),
            Cell(fact.url),
        )  # fmt: skip


def _definitions() -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(Cell(words) for words in one) for one in DEFINITIONS)

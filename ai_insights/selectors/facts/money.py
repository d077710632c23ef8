"""What the lost minutes and the scrap cost: a range, because nobody knows it to the cent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ai_insights.grounding.fact import Fact
from ai_insights.models import Cost
from ai_insights.selectors.facts.days import since_words
from ai_insights.selectors.facts.scene import Scene
from analytics.kpis.losses import lost_s
from analytics.kpis.rollup import Sums
from analytics.templatetags.figures import minutes, pieces
from production.models import Machine

URL = "/api/ai/costs"
NOT_ALL, MIXED, UNKNOWN = (
    "a machine has no cost", "machines have costs in more than one currency",
    "the amount of a machine is unknown",
)  # fmt: skip
Amount = Callable[[Sums], float | None]
Range = tuple[float, float]


def money_facts(scene: Scene) -> Iterator[Fact]:
    if not scene.costs.rows:
        return
    yield from _prices(scene)
    yield from _loss(scene, "lost_cost", "Cost of the lost minutes", _lost_min, _a_minute)
    if scene.worst:
        yield from _of_machine(scene, scene.worst[0])
    yield from _loss(scene, "scrap_loss", "Cost of the scrap", _scrap, _a_piece)


def _lost_min(sums: Sums) -> float | None:
    """A machine of which nothing was recorded lost nothing that is known."""
    seconds = lost_s(sums)
    return (None if sums.records else 0.0) if seconds is None else seconds / 60


def _scrap(sums: Sums) -> float | None:
    return None if sums.unknown_sq else sums.sq


def _a_minute(cost: Cost) -> Range:
    return cost.minute_low, cost.minute_high


def _a_piece(cost: Cost) -> Range:
    return cost.scrap_low, cost.scrap_high


def _prices(scene: Scene) -> Iterator[Fact]:
    """From the lowest to the highest of all machines, so that they go with the plant's loss."""
    held = [scene.costs.of(scene.machines[name]) for name in scene.own] or [scene.costs.of()]
    rows = [cost for cost in held if cost is not None]
    currencies = {cost.currency for cost in rows}
    if len(currencies) != 1:
        return
    differ = len({(_a_minute(cost), _a_piece(cost)) for cost in rows}) > 1
    more = {
        "unit": currencies.pop(),
        "window": since_words(max(cost.valid_from for cost in rows), on=scene.day),
        "basis": "plant setting; machines differ" if differ else "plant setting",
        "url": URL,
    }
    for key, label, price in (
        ("minute_cost", "Cost of a lost minute", _a_minute),
        ("scrap_cost", "Cost of a scrap piece", _a_piece),
    ):
        lows, highs = zip(*map(price, rows), strict=True)
        yield from _pair(scene, key, label, (min(lows), max(highs)), **more)


def _pair(
    scene: Scene,
    key: str,
    label: str,
    ends: Range | None,
    *,
    unit: str,
    machine: Machine | None = None,
    **more: str,
) -> Iterator[Fact]:
    low, high = (min(ends), max(ends)) if ends else (None, None)
    yield scene.fact(f"{key}_low", f"{label}, at least", low, unit, machine, **more)
    yield scene.fact(f"{key}_high", f"{label}, at most", high, unit, machine, **more)


def _loss(
    scene: Scene, key: str, label: str, amount: Amount, price: Callable[[Cost], Range]
) -> Iterator[Fact]:
    """Each machine's amount at its own price, added up."""
    low = high = 0.0
    currencies, lacks = set(), ""
    for machine_id, sums in scene.own.items():
        cost, much = scene.costs.of(scene.machines[machine_id]), amount(sums)
        if cost is None:
            lacks = lacks or (NOT_ALL if much != 0 else "")
        elif much is None:
            lacks = UNKNOWN
        else:
            currencies.add(cost.currency)
            low, high = low + much * price(cost)[0], high + much * price(cost)[1]
    lacks = lacks or (MIXED if len(currencies) > 1 else "")
    ends = None if lacks or not currencies else (low, high)
    yield from _pair(
        scene, key, label, ends, unit=min(currencies, default=""),
        basis=lacks or ("" if currencies else UNKNOWN), url=scene.kpis_url(),
    )  # fmt: skip


def _of_machine(scene: Scene, machine: Machine) -> Iterator[Fact]:
    cost, lost = scene.costs.of(machine), _lost_min(scene.own[machine.machine_id])
    if cost is None or lost is None:
        return
    low, high = (lost * price for price in _a_minute(cost))
    basis = f"{minutes(lost)} at {pieces(cost.minute_low)} to {pieces(cost.minute_high)}"
    yield from _pair(
        scene, "lost_cost", "Cost of the lost minutes", (low, high), unit=cost.currency,
        machine=machine, basis=f"{basis} {cost.currency}", url=scene.kpis_url(machine),
    )  # fmt: skip

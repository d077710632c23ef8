"""Why machines stood: reasons, what nobody explained, the longest stop, and who is down now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from ai_insights.grounding.fact import MINUTES, PERCENT, Fact
from ai_insights.selectors.facts.days import (
    address,
    at_words,
    moment_words,
    since_moment_words,
    since_words,
)
from ai_insights.selectors.facts.results import TARGETS_URL, per_cent
from ai_insights.selectors.facts.scene import MOST_MACHINES, Scene
from analytics.templatetags.figures import minutes
from production.live import machine_elements
from production.models import Stop
from production.selectors.stop_reasons import MINUTE, NO_REASON, ReasonTotal, longest_stop
from production.shopfloor.packml import TimeClass, time_class
from production.shopfloor.window import Window

STOPS = "stops"
MOST_REASONS = 3


def standstill_facts(scene: Scene) -> Iterator[Fact]:
    told = [one for one in scene.reasons if not one.is_set_up and one.why != NO_REASON]
    for n, one in enumerate(told[:MOST_REASONS]):
        yield from _reason(scene, one, is_first=n == 0)
    yield from _changeover(scene)
    yield from _unassigned(scene)
    yield from _longest(scene)
    yield from _down_now(scene)


def _reason(scene: Scene, one: ReasonTotal, *, is_first: bool) -> Iterator[Fact]:
    machine = scene.machines[one.machine_id]
    more = {"text": one.why, "url": scene.stops_url(machine, why=one.why)}
    count = f"{one.times} stop" if one.times == 1 else f"{one.times:,} stops"
    yield scene.fact("stop_reason", one.why, one.minutes, MINUTES, machine, basis=count, **more)
    yield scene.fact(
        "stop_reason_count", f"{one.why}, number of stops", one.times, STOPS, machine,
        basis=minutes(one.minutes), **more,
    )  # fmt: skip
    whole = scene.figures["downtime_min"]
    if is_first and whole:
        yield scene.fact(
            "stop_reason_share", f"{one.why}, share of all downtime", one.minutes / whole * 100,
            PERCENT, machine, basis=f"{minutes(one.minutes)} / {minutes(whole)}", **more,
        )  # fmt: skip


def _changeover(scene: Scene) -> Iterator[Fact]:
    times: dict[str, int] = {}
    spent: dict[str, float] = {}
    for one in scene.reasons:
        if one.is_set_up:
            times[one.machine_id] = times.get(one.machine_id, 0) + one.times
            spent[one.machine_id] = spent.get(one.machine_id, 0.0) + one.minutes
    if not spent:
        return
    longest = max(spent, key=lambda name: (spent[name], name))
    machine, url = scene.machines[longest], scene.stops_url(scene.machines[longest], kind="set_up")
    yield scene.fact(
        "changeover_min", "Changeover", spent[longest], MINUTES, machine,
        basis=f"of {minutes(sum(spent.values()))}", url=url,
    )  # fmt: skip
    yield scene.fact(
        "changeover_count", "Number of changeovers", times[longest], STOPS, machine,
        basis=minutes(spent[longest]), url=url,
    )  # fmt: skip


def _unassigned(scene: Scene) -> Iterator[Fact]:
    figures, url = scene.figures, scene.stops_url(why=NO_REASON)
    lost, bare = figures["downtime_min"], figures["unassigned_min"]
    label = "Downtime without a reason"
    yield scene.fact("unassigned_min", label, bare, MINUTES, url=url)
    share = bare / lost * 100 if lost else None
    basis = f"{minutes(bare)} / {minutes(lost)}" if lost else "no downtime"
    yield scene.fact("unassigned_share", f"{label}, share", share, PERCENT, basis=basis, url=url)
    if aim := scene.targets.of("unassigned_share"):
        yield scene.fact(
            "unassigned_target", f"{label}, target for its share", per_cent(aim.value), PERCENT,
            window=since_words(aim.since, on=scene.day), basis="plant setting", url=TARGETS_URL,
        )  # fmt: skip
    most = max(scene.worst, key=lambda m: scene.own[m.machine_id].unassigned_s, default=None)
    if most and (seconds := scene.own[most.machine_id].unassigned_s) > 0:
        yield scene.fact(
            "unassigned_min", label, seconds / 60, MINUTES, most, basis=f"of {minutes(bare)}",
            url=scene.stops_url(most, why=NO_REASON),
        )  # fmt: skip


def _longest(scene: Scene) -> Iterator[Fact]:
    stop = longest_stop(scene.window, list(scene.machines.values()), until=scene.until)
    if stop is None:
        return
    machine = scene.machines[stop.machine.machine_id]
    yield scene.fact(
        "longest_stop", "Longest stop", stop.spent / MINUTE, MINUTES, machine,
        window=moment_words(stop.start, scene.timezone), basis="goes on" if not stop.end else "",
        text="" if stop.why == NO_REASON else stop.why,
        url=address("/api/stops", _day_of(stop, scene), machine_id=machine.machine_id),
    )  # fmt: skip


def _day_of(stop: Stop, scene: Scene) -> Window:
    """The plant day on which a stop counts."""
    day = stop.production_date or stop.start.astimezone(ZoneInfo(scene.timezone)).date()
    return Window.of_dates(day, day + timedelta(days=1), timezone=scene.timezone)


def _down_now(scene: Scene) -> Iterator[Fact]:
    """The machines that stand at the moment of the facts, longest first."""
    if not scene.is_present:
        return
    active = [m for m in scene.machines.values() if m.active]
    names = [(m.machine_id, m.machine_name) for m in active]
    down = []
    for element in machine_elements(connection.schema_name, names):
        if element["state"] and time_class(element["state"]) is TimeClass.ADET:
            since = element["since"] and datetime.fromisoformat(element["since"])
            down.append((since or scene.now, element))
    down.sort(key=lambda one: (one[0], one[1]["machine_id"]))
    for since, element in down[:MOST_MACHINES]:
        begun = since_moment_words(since, at=scene.now, timezone=scene.timezone)
        yield scene.fact(
            "down_now", "Down until then", max((scene.now - since) / MINUTE, 0.0), MINUTES,
            scene.machines[element["machine_id"]],
            window=f"{at_words(scene.now, scene.timezone)}, {begun}", basis=element["state"],
            text=element["reason"], url="/api/machines/live",
        )  # fmt: skip

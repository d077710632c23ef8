"""Why, most likely: where the minutes went, by kind, machine and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.rules.phrase import (
    bare,
    called,
    figure,
    is_wordy,
    listed,
    of_machines,
    present,
    printed,
    quoted,
    say,
)  # fmt: skip
from amis.marked import _

LOSSES = {
    "loss_stops": _("failures and stops"), "loss_minor_stops": _("minor stops"),
    "loss_untold": _("downtime of unknown kind"), "loss_changeover": _("changeovers"),
    "loss_idle": _("idle time"), "loss_speed": _("reduced speed"), "loss_defects": _("defects"),
}  # fmt: skip
LEAST_SHARE = 0.05
_WAITED = re.compile(r"starv|block|upstream|downstream", re.IGNORECASE)
MANY, SHORT_MIN = 20, 8
"""Stops of one reason that are many, and a stop that is short: minutes of one on average."""


class Reason(NamedTuple):
    """A reason on a machine: its minutes, its stops, and of the worst one its share."""

    spent: Fact
    times: Fact | None
    share: Fact | None


def causes(facts: Facts) -> tuple[Claim, ...]:
    found = reasons(facts)
    return present(
        [
            _losses(facts),
            _machines(facts),
            *_reasons(found),
            _changeovers(facts),
            _longest(facts),
            _anomaly(facts),
        ]
    )


def reasons(facts: Facts) -> list[Reason]:
    """The reasons of stops that matter, most minutes first: the worst one, and others from 5 % of
    the downtime on.
    """
    whole = facts.one("downtime_min")
    least = LEAST_SHARE * (whole.value or 0.0) if whole else 0.0
    found = [
        Reason(
            fact,
            _beside(facts, "stop_reason_count", fact),
            _beside(facts, "stop_reason_share", fact),
        )
        for fact in facts.all("stop_reason")
        if printed(fact) > 0
    ]
    return [one for n, one in enumerate(found) if n == 0 or (one.spent.value or 0.0) >= least]


def kinds(facts: Facts) -> list[Fact]:
    """The kinds of loss above nothing, the largest first."""
    found = [fact for key in LOSSES for fact in facts.all(key) if printed(fact) > 0]
    return sorted(found, key=lambda fact: -(fact.value or 0.0))


def _beside(facts: Facts, key: str, fact: Fact) -> Fact | None:
    same = (fact.machine_id, fact.text)
    return next((one for one in facts.all(key) if (one.machine_id, one.text) == same), None)


def _losses(facts: Facts) -> Claim | None:
    found = kinds(facts)[:3]
    if not found:
        return None
    parts = [f"{LOSSES[fact.key]} ({figure(fact)})" for fact in found]
    head = _("Most was lost to") if len(found) > 1 else _("All of it was lost to")
    return say("{head} {parts}.", head=head, parts=listed(parts), on=found)


def _machines(facts: Facts) -> Claim | None:
    whole, machines = facts.one("downtime_min"), of_machines(facts, "downtime_min")
    machines = sorted((m for m in machines if printed(m) > 0), key=lambda m: -(m.value or 0.0))
    if whole is None or len(machines) < 2:
        return None
    first, *others = machines
    rest = [_("{name} for {part}").format(name=called(one), part=figure(one)) for one in others]
    text = _("{name} stood still for {part} of the {whole}, {rest}.")
    return say(text, name=called(first), part=bare(first), whole=whole, rest=listed(rest),
               on=machines)  # fmt: skip


def _reasons(found: list[Reason]) -> Iterator[Claim]:
    for n, (spent, times, share) in enumerate(found[:3]):
        stops = _(" in {times}") if times else ""
        part = _(", {share} of all downtime") if share else ""
        head = (
            _("{reason} on {name} took {spent}") if n == 0 else _("{reason} took {spent} on {name}")
        )
        more = {"times": times, "share": share}
        yield say(head + stops + part + ".", reason=quoted(spent.text), name=called(spent),
                  spent=spent, **{name: fact for name, fact in more.items() if fact})  # fmt: skip
        if n == 0:
            yield from _nature(spent, times)


def _nature(spent: Fact, times: Fact | None) -> Iterator[Claim]:
    """What the pattern of the worst reason suggests."""
    if times is None:
        return
    mean = (spent.value or 0.0) / max(times.value or 0.0, 1.0)
    on = [spent, times]
    if _WAITED.search(spent.text):
        text = _("{name} waited there for its neighbour, so look for the cause beside it first.")
        yield say(text, name=called(spent), on=on)
    elif printed(times) >= MANY and mean < SHORT_MIN:
        text = _("Stops so short and frequent point to setting or material, not to a breakdown.")
        yield say(text, on=on)
    elif printed(times) > 1 and mean >= 3 * SHORT_MIN:
        yield say(_("Stops so long and few point to a repair that takes its time."), on=on)


def _changeovers(facts: Facts) -> Claim | None:
    for spent in of_machines(facts, "changeover_min"):
        times = facts.one("changeover_count", spent.machine_id)
        if times is None or printed(spent) <= 0:
            continue
        word = _("changeover") if printed(times) == 1 else _("changeovers")
        return say(_("{name} spent {spent} on {times} {word}."), name=called(spent), spent=spent,
                   times=bare(times), word=word, on=[times])  # fmt: skip
    return None


def _longest(facts: Facts) -> Claim | None:
    for stop in of_machines(facts, "longest_stop"):
        why = _("; nobody entered its reason")
        if stop.text:
            why = _("; its reason is {reason}").format(reason=quoted(stop.text))
        return say(_("The longest stop took {stop} on {name}, from {since} on{why}."), stop=stop,
                   name=called(stop), since=stop.window, why=why)  # fmt: skip
    return None


def _anomaly(facts: Facts) -> Claim | None:
    count, worst = facts.one("open_anomalies"), of_machines(facts, "anomaly")
    if count is None or printed(count) <= 0:
        return None
    verb = _("is") if printed(count) == 1 else _("are")
    if not worst:
        return say(_("{count} {verb} open."), count=count, verb=verb)
    if not is_wordy(worst[0].text):
        return say(_("{count} {verb} open, the strongest on {name}."), count=count, verb=verb,
                   name=called(worst[0]), on=[worst[0]])  # fmt: skip
    return say(_("{count} {verb} open, the strongest on {name}: {what}."), count=count, verb=verb,
               name=called(worst[0]), what=quoted(worst[0].text), on=[worst[0]])  # fmt: skip

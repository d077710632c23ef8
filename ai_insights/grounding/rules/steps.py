"""What could be done, each step with its cause: the stuff of recommendations and of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.rules.causes import kinds, reasons
from ai_insights.grounding.rules.phrase import (
    bare,
    called,
    down_long,
    figure,
    of_machines,
    printed,
    quoted,
    say,
    time_of,
)  # fmt: skip
from ai_insights.grounding.rules.step import MAINTENANCE, NOW, PLANNING, QUALITY, SHIFT_LEAD, Step
from amis.marked import _

MUCH_SHARE = 20.0
"""Per cent of all downtime from which on one reason is urgent."""
LITTLE_SHARE = 10.0
"""Per cent of all downtime below which a second reason is left in peace."""
MOST_RISKS = 2
BARE_SHARE = 10.0
"""Per cent of downtime without a reason that is too much where the plant set no target."""
HIGH_RISK = ("critical", "high")
_OF_PLANNING = re.compile(
    r"material|supply|starv|block|order|no operator|staff|wait|upstream|downstream", re.IGNORECASE
)
_OF_QUALITY = re.compile(r"quality|reject|scrap|defect|inspection|sample", re.IGNORECASE)


def steps(facts: Facts) -> list[Step]:
    """All steps that the facts call for, the most urgent first."""
    found = [
        *_down(facts), *_reasons(facts), *_longest(facts), *_risks(facts), *_unassigned(facts),
        *_changeovers(facts), *_scrap(facts), *_speed(facts), *_anomalies(facts), *_silence(facts),
    ]  # fmt: skip
    rank = {"high": 0, "medium": 1, "low": 2}
    return sorted(found, key=lambda step: rank[step.priority])


def _down(facts: Facts) -> Iterator[Step]:
    for fact in down_long(facts)[:2]:
        name = called(fact)
        yield Step(
            priority="high",
            owner=MAINTENANCE,
            task=_("Bring {name} back to work").format(name=name),
            on=(fact,),
            until=NOW,
            because=say(_("It was down {when}."), when=time_of(fact), on=[fact]),
        )


def _reasons(facts: Facts) -> Iterator[Step]:
    whole = facts.one("downtime_min")
    least = LITTLE_SHARE / 100 * (whole.value or 0.0) if whole else 0.0
    for n, (spent, times, share) in enumerate(reasons(facts)[:3]):
        if n and (spent.value or 0.0) < least:
            continue
        is_much = n == 0 and share is not None and printed(share) >= MUCH_SHARE
        stops = _(" in {times}") if times else ""
        yield Step(
            priority="high" if is_much else "medium",
            owner=_owner(spent.text),
            task=_("Find and remove the cause of {reason} on {name}").format(
                reason=quoted(spent.text), name=called(spent)
            ),
            on=(spent,),
            because=say(
                _("It took {spent}") + stops + ".",
                spent=spent,
                **({"times": times} if times else {}),
            ),
            effect=_saving(spent),
        )


def _longest(facts: Facts) -> Iterator[Step]:
    """The machine that stood longest, where nobody told why."""
    machines = of_machines(facts, "downtime_min")
    if reasons(facts) or not machines:
        return
    worst = max(machines, key=printed)
    if printed(worst) > 0:
        yield Step(
            priority="medium",
            owner=MAINTENANCE,
            on=(worst,),
            effect=_saving(worst),
            task=_("Go through the stops of {name} and give each a reason").format(
                name=called(worst)
            ),
            because=say(_("It stood still for {spent}."), spent=worst),
        )


def _owner(reason: str) -> str:
    if _OF_PLANNING.search(reason):
        return PLANNING
    return QUALITY if _OF_QUALITY.search(reason) else MAINTENANCE


def _saving(spent: Fact) -> Claim:
    return say(_("That would have saved up to {spent} {time}."), spent=spent, time=time_of(spent))


def _risks(facts: Facts) -> Iterator[Step]:
    down = {fact.machine_id for fact in down_long(facts)}
    likely = [one for one in facts.all("risk_chance") if one.text in HIGH_RISK]
    for chance in [one for one in likely if one.machine_id not in down][:MOST_RISKS]:
        yield Step(
            priority="high" if chance.text == "critical" else "medium",
            owner=MAINTENANCE,
            task=_("Inspect {name} before the shift {shift}").format(
                name=called(chance), shift=chance.window
            ),
            on=(chance,),
            until=chance.window,
            because=say(
                _("Its chance of 30 min or more of downtime is {chance}, a {level} risk."),
                chance=chance,
                level=chance.text,
            ),
        )


def _unassigned(facts: Facts) -> Iterator[Step]:
    share, target = facts.one("unassigned_share"), facts.one("unassigned_target")
    spent = facts.one("unassigned_min")
    limit = printed(target) if target else BARE_SHARE
    if share is None or spent is None or printed(share) <= limit:
        return
    tail = _(", and the target is {target}") if target else ""
    yield Step(
        priority="medium",
        owner=SHIFT_LEAD,
        task=_("Enter a reason at the machine while it stands"),
        on=(share,),
        because=say(
            _("{share} of the downtime has no reason") + tail + ".",
            share=share,
            **({"target": target} if target else {}),
        ),
        effect=say(
            _("That would have explained {spent} {time}."), spent=spent, time=time_of(spent)
        ),
    )


def _changeovers(facts: Facts) -> Iterator[Step]:
    if not any(fact.key == "loss_changeover" for fact in kinds(facts)[:3]):
        return
    for spent in of_machines(facts, "changeover_min"):
        times = facts.one("changeover_count", spent.machine_id)
        if times is None or printed(times) < 2:
            continue
        name = called(spent)
        yield Step(
            priority="medium",
            owner=PLANNING,
            task=_("Run like orders back to back on {name}").format(name=name),
            on=(spent,),
            effect=_saving(spent),
            because=say(
                _("It changed over {times} times, which took {spent}."),
                times=bare(times),
                spent=spent,
                on=[times],
            ),
        )


def _scrap(facts: Facts) -> Iterator[Step]:
    whole, machines = facts.one("scrap_units"), of_machines(facts, "scrap_units")
    if whole is None or printed(whole) <= 0 or not machines:
        return
    first = machines[0]
    if len(machines) > 1:
        because = say(_("It made {part} of the {whole} scrap pieces."), part=bare(first),
                      whole=bare(whole), on=[first, whole])  # fmt: skip
    else:
        because = say(_("It made {scrap} of scrap."), scrap=first)
    low, high = facts.one("scrap_loss_low"), facts.one("scrap_loss_high")
    effect = None
    if low and high and printed(high) > 0:
        effect = say(
            _("All scrap together cost {low} to {high}."),
            low=bare(low),
            high=figure(high),
            on=[low, high],
        )
    task = _("Check settings and material of {name} at each start").format(name=called(first))
    yield Step(
        priority="medium", owner=QUALITY, task=task, on=(first,), because=because, effect=effect
    )


def _speed(facts: Facts) -> Iterator[Step]:
    for n, fact in enumerate(kinds(facts)[:3]):
        if fact.key == "loss_speed":
            yield Step(
                priority="medium" if n == 0 else "low", owner=MAINTENANCE, on=(fact,),
                effect=_saving(fact),
                task=_("Find out why machines run slower than their ideal speed"),
                because=say(_("Reduced speed cost {spent}."), spent=fact),
            )  # fmt: skip


def _anomalies(facts: Facts) -> Iterator[Step]:
    for fact in of_machines(facts, "anomaly")[:1]:
        yield Step(
            priority="low",
            owner=MAINTENANCE,
            on=(fact,),
            task=_("Look into the anomaly of {name} and confirm or dismiss it").format(
                name=called(fact)
            ),
            because=say(_("Its score is {score}, and nobody has judged it."), score=fact),
        )


def _silence(facts: Facts) -> Iterator[Step]:
    stale = facts.one("stale_machines")
    if stale and printed(stale) > 0:
        verb = _("machine was") if printed(stale) == 1 else _("machines were")
        yield Step(
            priority="medium", owner=MAINTENANCE, on=(stale,),
            task=_("Restore the connection of the machines that are not heard"),
            because=say(_("{count} connected {verb} not heard {when}."), count=bare(stale),
                        verb=verb, when=time_of(stale), on=[stale]),
        )  # fmt: skip

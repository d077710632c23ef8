"""What we do not know: holes in reasons, data and predictions."""

from __future__ import annotations

from collections.abc import Iterator

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.rules.phrase import (
    bare,
    called,
    given,
    is_wordy,
    of_machines,
    present,
    printed,
    say,
    time_of,
)  # fmt: skip
from amis.marked import _

UNDEFINED = {
    "availability": _("Availability"),
    "effectiveness": _("Performance"),
    "quality_ratio": _("Quality"),
    "downtime_min": _("Downtime"),
    "lost_min": _("Lost time"),
    "lost_cost_low": _("The cost of the lost minutes"),
}
NOT_PREDICTED = {
    "Next shift": _("The downtime of the next shift is not predicted yet"),
    "Downtime ahead": _("Downtime ahead is not predicted yet"),
    "Anomalies": _("Anomalies are not looked for yet"),
}
FEW_MIN = 30
"""Minutes without a reason below which nobody need know where they stood."""
MODELS = {"risk_skill": _("The prediction of the next shift"), "forecast_skill": _("The forecast")}


def unknown(facts: Facts) -> tuple[Claim, ...]:
    found = present(
        [
            *_unassigned(facts),
            _heard(facts),
            *_gaps(facts),
            *_missing(facts),
            *_losers(facts),
            *_undefined(facts),
            _price(facts),
            _caution(facts),
        ]
    )
    return found or present([_nothing(facts)])


def _unassigned(facts: Facts) -> Iterator[Claim]:
    spent, share = facts.one("unassigned_min"), facts.one("unassigned_share")
    if spent is None or printed(spent) <= 0:
        return
    target = facts.one("unassigned_target")
    part = _(", {share} of all downtime") if share else ""
    aim = _("; the target is {target}") if target else ""
    more = {"share": share, "target": target}
    yield say(_("{spent} of downtime have no reason") + part + aim + ".", spent=spent,
              **{name: fact for name, fact in more.items() if fact})  # fmt: skip
    machines = of_machines(facts, "unassigned_min")
    if machines and FEW_MIN <= printed(machines[0]) < printed(spent):
        yield say(_("{part} of them stand on {name}."), part=machines[0],
                  name=called(machines[0]))  # fmt: skip


def _heard(facts: Facts) -> Claim | None:
    heard, silent = facts.one("completeness"), facts.one("no_data_min")
    if heard is None or printed(heard) >= 100:
        return None
    tail = _("; of {silent} nothing is known") if silent and printed(silent) > 0 else ""
    more = {"silent": silent} if silent and tail else {}
    return say(_("Data of {heard} of the planned time arrived") + tail + ".", heard=heard, **more)


def _gaps(facts: Facts) -> Iterator[Claim]:
    count, spent = facts.one("gaps"), facts.one("gap_min")
    if count and spent and printed(count) > 0:
        yield say(_("The machines' data has {count}, {spent} in all."), count=count, spent=spent)
    resets = facts.one("counter_resets")
    if resets and printed(resets) > 0:
        verb = _("counter was") if printed(resets) == 1 else _("counters were")
        yield say(_("{count} {verb} set back; what was made is still counted."), count=bare(resets),
                  verb=verb, on=[resets])  # fmt: skip
    stale = facts.one("stale_machines")
    if stale and printed(stale) > 0:
        verb = _("machine was") if printed(stale) == 1 else _("machines were")
        yield say(_("{count} connected {verb} not heard {when}."), count=bare(stale), verb=verb,
                  when=time_of(stale), on=[stale])  # fmt: skip


def _missing(facts: Facts) -> Iterator[Claim]:
    told: set[str] = set()
    for fact in facts:
        what = fact.label.partition(", not predicted")[0]
        if fact.key != "missing" or what in told:
            continue
        told.add(what)
        head = NOT_PREDICTED.get(what, _("Something is not predicted yet"))
        yield say("{head}{why}.", head=head, why=_why(fact.text), on=[fact])


def _why(sentence: str) -> str:
    """The reason without its counts ("have 5, need 60"), which would be numbers of no fact."""
    why, _have, counts = sentence.partition(": have")
    why = why.rstrip(".")
    if not is_wordy(why):
        return ""
    is_sentence = not counts or counts.rstrip(".").endswith("need 1")
    head = "" if is_sentence else _("too few ")
    return f": {head}{why[0].lower()}{why[1:]}"


def _losers(facts: Facts) -> Iterator[Claim]:
    """Models that did no better than a naive rule."""
    for key, what in MODELS.items():
        skill = facts.one(key)
        if skill is None or printed(skill) > 0:
            continue
        rule = skill.text if is_wordy(skill.text) else _("a naive rule")
        if printed(skill) == 0:
            yield say(_("{what} erred as much in tests as {rule}."), what=what, rule=rule,
                      on=[skill])  # fmt: skip
        else:
            yield say(_("{what} lost to {rule} in tests: its error was {skill} above."), what=what,
                      rule=rule, skill=skill)  # fmt: skip


def _undefined(facts: Facts) -> Iterator[Claim]:
    oee = given(facts, "oee")
    # The verdict has told why OEE is unknown; the same of its parts is no news.
    known = oee.basis if oee is not None and oee.value is None else None
    for key, name in UNDEFINED.items():
        fact = given(facts, key)
        if fact is not None and fact.value is None and is_wordy(fact.basis) and fact.basis != known:
            yield say(_("{name} cannot be told: {why}."), name=name, why=fact.basis, on=[fact])


def _price(facts: Facts) -> Claim | None:
    lost = facts.one("lost_min")
    if lost is None or printed(lost) <= 0 or given(facts, "lost_cost_low"):
        return None
    return say(_("What the lost minutes cost is unknown, because no cost is set."), on=[lost])


def _caution(facts: Facts) -> Claim | None:
    reasons: list[Fact] = facts.all("stop_reason")
    if not reasons:
        return None
    return say(_("Reasons are as they were entered at the machine, and no proof of a cause."),
               on=reasons[:1])  # fmt: skip


def _nothing(facts: Facts) -> Claim | None:
    heard = facts.one("completeness")
    if heard is None:
        return None
    return say(_("Data of {heard} of the planned time arrived."), heard=heard)

"""What happened: the verdict first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.rules.phrase import (
    bare,
    called,
    down_long,
    given,
    is_wordy,
    of_machines,
    present,
    printed,
    quoted,
    say,
    time_of,
)  # fmt: skip
from amis.marked import _

Parts = dict[str, Fact | str | Sequence[Fact]]
FACTORS = {"availability": _("Availability"), "effectiveness": _("Performance"),
           "quality_ratio": _("Quality")}  # fmt: skip


def summary(facts: Facts) -> tuple[Claim, ...]:
    oee = given(facts, "oee")
    if oee is None:
        return (Claim(_("Nothing is known of this time."), ()),)
    if oee.value is None:
        return present([_unknown(oee), *_down(facts), _output(facts), _downtime(facts)])
    return present(
        [
            _verdict(facts, oee),
            *_down(facts),
            _change(facts),
            _factors(facts),
            _weakest(facts),
            _output(facts),
            _downtime(facts),
        ]
    )


def _unknown(oee: Fact) -> Claim:
    why = oee.basis if is_wordy(oee.basis) else _("too little was recorded")
    return say(_("OEE is unknown {time}: {why}."), time=time_of(oee), why=why, on=[oee])


def _verdict(facts: Facts, oee: Fact) -> Claim:
    target, gap = facts.one("oee_target"), facts.one("oee_gap")
    tail, lost = _lost(facts)
    head: Parts = {"oee": oee, "time": time_of(oee)}
    if target is None or gap is None:
        why = given(facts, "oee_target")
        text = _("OEE was {oee} {time}, and no target is set")
        return say(text + tail, **head, **lost, why=[why] if why else [])
    if printed(gap) == 0:
        return say(_("OEE was {oee} {time} and met its target of {target}") + tail,
                   **head, target=target, **lost, gap=gap)  # fmt: skip
    if printed(gap) < 0:
        text = _("OEE was {oee} {time}, {gap} under the target of {target}")
    else:
        text = _("OEE was {oee} {time}, {gap} over the target of {target}")
    return say(text + tail, **head, gap=gap, target=target, **lost)


def _lost(facts: Facts) -> tuple[str, Parts]:
    """How the verdict ends: who lost most of what was lost."""
    whole, machines = facts.one("lost_min"), of_machines(facts, "lost_min")
    if whole is None or printed(whole) <= 0:
        return ".", {}
    if len(machines) < 2 or printed(machines[0]) <= 0 or printed(machines[0]) > printed(whole):
        return _("; {whole} were lost."), {"whole": whole}
    worst = machines[0]
    parts: Parts = {"name": called(worst), "part": bare(worst), "whole": bare(whole)}
    text = _("; {name} lost {part} of the {whole} lost minutes.")
    return text, {**parts, "on": [worst, whole]}


def _down(facts: Facts) -> Iterator[Claim]:
    """Told with its moment: whoever reads it two hours later knows what it was true of."""
    for fact in down_long(facts)[:2]:
        tail = _("; no reason was entered by then.")
        if fact.text:
            tail = _("; the reason entered was {reason}.").format(reason=quoted(fact.text))
        yield say(_("{name} was down {when}{tail}"), name=called(fact), when=time_of(fact),
                  tail=tail, on=[fact])  # fmt: skip


def _change(facts: Facts) -> Claim | None:
    change, before = facts.one("oee_change"), facts.one("oee_before")
    if change is None or before is None:
        return None
    if printed(change) == 0:
        return say(_("OEE was the same {time}: {before}."), time=time_of(before), before=before,
                   on=[change])  # fmt: skip
    word = _("fell") if printed(change) < 0 else _("rose")
    return say(_("OEE {word} by {change} from {before} {time}."), word=word, change=change,
               before=before, time=time_of(before))  # fmt: skip


def _factors(facts: Facts) -> Claim | None:
    parts = [facts.one(key) for key in FACTORS]
    known = [part for part in parts if part is not None]
    if len(known) < len(FACTORS):
        return None
    return say(_("Availability was {a}, performance {e} and quality {q}."),
               a=known[0], e=known[1], q=known[2])  # fmt: skip


def _weakest(facts: Facts) -> Claim | None:
    """The factor that is furthest under a target of its own."""
    short: list[tuple[float, str, Fact, Fact]] = []
    for key, name in FACTORS.items():
        value, target = facts.one(key), facts.one(f"{key}_target")
        if value and target and printed(value) < printed(target):
            short.append((printed(value) - printed(target), name, value, target))
    if not short:
        return None
    _short, name, value, target = min(short, key=lambda one: one[0])
    return say(_("{name} missed its own target of {target}, at {value}."), name=name,
               target=target, value=value)  # fmt: skip


def _output(facts: Facts) -> Claim | None:
    good, before = facts.one("good_units"), facts.one("good_before")
    if good is None:
        return None
    if before is None or printed(before) == printed(good):
        return say(_("{good} were good."), good=good)
    word = _("up") if printed(good) > printed(before) else _("down")
    return say(_("{count} good pieces were made, {word} from {was} {time}."), count=bare(good),
               word=word, was=bare(before), time=time_of(before), on=[good, before])  # fmt: skip


def _downtime(facts: Facts) -> Claim | None:
    spent, before = facts.one("downtime_min"), facts.one("downtime_before")
    if spent is None:
        return None
    if before is None or printed(before) == printed(spent):
        return say(_("Downtime was {spent}."), spent=spent)
    word = _("up") if printed(spent) > printed(before) else _("down")
    return say(_("Downtime was {spent}, {word} from {before} {time}."), spent=spent, word=word,
               before=before, time=time_of(before))  # fmt: skip

"""What comes, and what it costs: the next shift, the next seven days, money as a range."""

from __future__ import annotations

from collections.abc import Iterator

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
    time_of,
)  # fmt: skip
from amis.marked import _


def outlook(facts: Facts) -> tuple[Claim, ...]:
    return present(
        [
            *_next_shift(facts),
            _others(facts),
            _ahead(facts),
            _worst_day(facts),
            _skill(facts),
            *_money(facts),
        ]
    )


def _next_shift(facts: Facts) -> Iterator[Claim]:
    for chance in facts.all("risk_chance")[:1]:
        level = _("; the risk is {level}").format(level=chance.text) if chance.text else ""
        yield say(_("In the shift {window}, {name} has a {chance} chance of 30 min or more of "
                  "downtime{level}."), window=chance.window, name=called(chance),
                  chance=chance, level=level)  # fmt: skip
        machine = chance.machine_id
        expected, low, high = (
            facts.one(f"risk_{end}", machine) for end in ("expected", "low", "high")
        )
        if expected and low and high:
            yield say(_("{expected} of downtime are expected of {name}, in an 80 % range "
                      "from {low} to {high}."),
                      name=called(chance), expected=expected, low=bare(low),
                      high=high, on=[low])  # fmt: skip
        yield from _factor(facts.one("risk_factor", machine))


def _factor(factor: Fact | None) -> Iterator[Claim]:
    if factor and printed(factor) > 0 and is_wordy(factor.text):
        yield say(_("{what} raises what is expected of {name} by {factor}."),
                  what=quoted(factor.text), name=called(factor), factor=factor)  # fmt: skip


def _others(facts: Facts) -> Claim | None:
    others = facts.all("risk_chance")[1:3]
    if not others:
        return None
    parts = [_("{part} for {name}").format(part=figure(one), name=called(one)) for one in others]
    return say(_("The same chance is {parts}."), parts=listed(parts), on=others)


def _ahead(facts: Facts) -> Claim | None:
    total, before = facts.one("forecast_total"), facts.one("forecast_before")
    low, high = facts.one("forecast_low"), facts.one("forecast_high")
    if total is None:
        return None
    text, more = _("The forecast {time} is {total} of downtime"), {"total": total}
    if low and high:
        text += _(", in an 80 % range from {low} to {high}")
        more |= {"low": low, "high": high}
    if before:
        text += _(", after {before} {then}")
        more |= {"before": before}
    then = time_of(before) if before else ""
    return say(text + ".", time=_("for {window}").format(window=total.window), then=then, **more)


def _worst_day(facts: Facts) -> Claim | None:
    days = facts.all("forecast_day")
    if len(days) < 2:
        return None
    worst = max(days, key=lambda day: day.value or 0.0)
    if printed(worst) <= 0:
        return None
    return say(_("{day} should be the worst of these days, with {much}."), day=worst.window,
               much=worst)  # fmt: skip


def _skill(facts: Facts) -> Claim | None:
    skill = facts.one("forecast_skill")
    if skill is None or printed(skill) <= 0:
        return None
    return say(_("In tests on the past the forecast's error was {skill} below that of {rule}."),
               skill=skill, rule=_rule(skill))  # fmt: skip


def _rule(skill: Fact) -> str:
    return skill.text if is_wordy(skill.text) else _("a naive rule")


def _money(facts: Facts) -> Iterator[Claim]:
    low, high = facts.one("lost_cost_low"), facts.one("lost_cost_high")
    if low and high and printed(high) > 0:
        yield say(_("The lost minutes {time} cost {low} to {high}{rate}."), time=time_of(low),
                  low=bare(low), high=high, on=[low, *_rates(facts)],
                  rate=_at(_rates(facts)))  # fmt: skip
    for one in of_machines(facts, "lost_cost_low"):
        top = facts.one("lost_cost_high", one.machine_id)
        if top and printed(top) > 0 and len(of_machines(facts, "lost_min")) > 1:
            yield say(_("{name} alone stands for {low} to {top}."), name=called(one),
                      low=bare(one), top=top, on=[one])  # fmt: skip


def _rates(facts: Facts) -> list[Fact]:
    ends = [facts.one("minute_cost_low"), facts.one("minute_cost_high")]
    known = [end for end in ends if end]
    return known if len(known) == len(ends) else []


def _at(rates: list[Fact]) -> str:
    if not rates:
        return ""
    return _(", at {low} to {high} a minute").format(low=bare(rates[0]), high=figure(rates[1]))

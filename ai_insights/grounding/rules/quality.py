"""Scrap: how much, where, what it cost, and where to look first."""

from __future__ import annotations

from ai_insights.grounding.analysis import Claim
from ai_insights.grounding.fact import Facts
from ai_insights.grounding.rules.phrase import (
    bare,
    called,
    figure,
    given,
    is_wordy,
    listed,
    of_machines,
    present,
    printed,
    say,
    time_of,
)  # fmt: skip
from amis.marked import _


def quality(facts: Facts) -> tuple[Claim, ...]:
    scrap = given(facts, "scrap_units")
    if scrap is None:
        return ()
    if scrap.value is None:
        why = scrap.basis if is_wordy(scrap.basis) else _("it was not counted")
        return (
            say(_("Scrap is unknown {time}: {why}."), time=time_of(scrap), why=why, on=[scrap]),
        )
    if printed(scrap) == 0:
        return (say(_("No scrap was counted {time}."), time=time_of(scrap), on=[scrap]),)
    return present(
        [_much(facts), _machines(facts), _first(facts), _lost(facts), _cost(facts), _ahead(facts)]
    )


def _much(facts: Facts) -> Claim | None:
    scrap, before, rate = (facts.one(key) for key in ("scrap_units", "scrap_before", "defect_rate"))
    if scrap is None:
        return None
    part = _(", {rate} of all that was made") if rate else ""
    more = {"rate": rate} if rate else {}
    if before is None or printed(before) == printed(scrap):
        return say(_("Scrap was {scrap}") + part + ".", scrap=scrap, **more)
    word = _("up") if printed(scrap) > printed(before) else _("down")
    text = _("Scrap was {scrap}") + part + _(", {word} from {before} {time}.")
    return say(text, scrap=scrap, **more, word=word, before=before, time=time_of(before))


def _machines(facts: Facts) -> Claim | None:
    whole, machines = facts.one("scrap_units"), of_machines(facts, "scrap_units")
    if whole is None or len(machines) < 2:
        return None
    first, *others = machines
    rest = [_("{part} from {name}").format(part=bare(one), name=called(one)) for one in others]
    return say(_("{part} of the {whole} scrap pieces came from {name}, {rest}."),
               name=called(first), part=bare(first), whole=bare(whole), rest=listed(rest),
               on=[whole, *machines])  # fmt: skip


def _first(facts: Facts) -> Claim | None:
    machines = of_machines(facts, "scrap_units")
    if len(machines) < 2 or printed(machines[0]) == printed(machines[1]):
        return None
    return say(_("Check the settings and the material of {name} first: it made the most scrap."),
               name=called(machines[0]), on=machines[:1])  # fmt: skip


def _lost(facts: Facts) -> Claim | None:
    loss = facts.one("loss_defects")
    if loss is None or printed(loss) <= 0:
        return None
    return say(_("Making the defects took {loss} of running time."), loss=loss)


def _cost(facts: Facts) -> Claim | None:
    low, high = facts.one("scrap_loss_low"), facts.one("scrap_loss_high")
    if low is None or high is None or printed(high) <= 0:
        return None
    return say(_("The scrap cost {low} to {high}."), low=bare(low), high=figure(high),
               on=[low, high])  # fmt: skip


def _ahead(facts: Facts) -> Claim | None:
    rate = facts.one("forecast_defect_rate")
    if rate is None:
        return None
    return say(_("The forecast of scrap for {window} is {rate} of all pieces."), window=rate.window,
               rate=rate)  # fmt: skip

"""Recommendations by priority, and the maintenance of the next seven days by machine and day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ai_insights.grounding.analysis import Advice, PlanItem
from ai_insights.grounding.fact import Fact, Facts
from ai_insights.grounding.rules.causes import reasons
from ai_insights.grounding.rules.phrase import called, of_machines, printed, quoted, say, time_of
from ai_insights.grounding.rules.step import MAINTENANCE, SHIFT_LEAD, Step
from ai_insights.grounding.rules.week import Day, due, worked
from amis.marked import _

Schedule = dict[Step, Day]
MOST_ADVICE = 6
MOST_A_DAY = 2
LOOK_BACK = _("Count the stops for {reason} on {name} again")


def advice(steps: Sequence[Step], schedule: Schedule, days: Sequence[Day]) -> tuple[Advice, ...]:
    """The most urgent steps, due when the plan does them; what the plan does not hold is due at
    once where it is urgent, else one worked day after the other.
    """
    found: list[Advice] = []
    later = 0
    for step in steps[:MOST_ADVICE]:
        later += step.priority != "high"
        machine, day = step.machine, schedule.get(step)
        found.append(
            Advice(
                priority=step.priority,
                machine_id=machine.machine_id if machine else "",
                action=say("{task}.", task=step.task, on=step.on),
                because=step.because,
                owner=step.owner,
                due=day.date if day else due(days, later if step.priority != "high" else 0),
                effect=step.effect,
            )
        )
    return tuple(found)


def schedule_of(facts: Facts, steps: Sequence[Step], days: Sequence[Day]) -> Schedule:
    """At most two pieces of work a day and one a machine and day, each on the first day that is
    free for it. What a shift lead does at every stop is no maintenance.
    """
    taken: dict[date, list[str]] = {day.date: [] for day in days}
    found: Schedule = {}
    for step in _work(facts, steps):
        machine = step.machine
        day = _free(machine, step, worked(days), taken) if machine else None
        if machine and day:
            taken[day.date].append(machine.machine_id)
            found[step] = day
    return found


def plan(schedule: Schedule) -> tuple[PlanItem, ...]:
    items = [
        _item(step, step.machine, day) for step, day in schedule.items() if step.machine is not None
    ]
    return tuple(sorted(items, key=lambda item: (item.date, item.machine_id)))


def _work(facts: Facts, steps: Sequence[Step]) -> Iterator[Step]:
    own = [step for step in steps if step.owner != SHIFT_LEAD]
    yield from sorted(own, key=lambda step: not step.until)
    busy = {step.machine.machine_id for step in steps if step.machine}
    yield from (step for step in _visits(facts) if step.on[0].machine_id not in busy)
    yield from _looks_back(facts)


def _visits(facts: Facts) -> Iterator[Step]:
    """A look at each machine that stood most and has no step of its own."""
    for fact in of_machines(facts, "downtime_min"):
        if printed(fact) > 0:
            yield Step(priority="low", owner=MAINTENANCE, on=(fact,),
                       task=_("Inspect and clean {name}").format(name=called(fact)),
                       because=say(_("It stood still for {spent}."), spent=fact))  # fmt: skip


def _looks_back(facts: Facts) -> Iterator[Step]:
    """At the end of the week: whether the worst reason came again."""
    for spent, times, _share in reasons(facts)[:1]:
        if times is not None and printed(times) > 1:
            task = LOOK_BACK.format(reason=quoted(spent.text), name=called(spent))
            because = say(_("There were {times} {time}."), times=times, time=time_of(times))
            yield Step(priority="low", owner=MAINTENANCE, task=task, on=(spent,), because=because)


def _free(
    machine: Fact, step: Step, open_days: Sequence[Day], taken: dict[date, list[str]]
) -> Day | None:
    """The first day with room, unless it is too late; a look back is for the last ones."""
    looks_back = step.task.startswith(LOOK_BACK.partition("{")[0])
    order = list(reversed(open_days)) if looks_back else open_days
    for day in order[: _in_time(step, order)]:
        there = taken[day.date]
        if len(there) < MOST_A_DAY and machine.machine_id not in there:
            return day
    return None


def _in_time(step: Step, open_days: Sequence[Day]) -> int:
    """How many of the days are early enough: one where the step cannot wait."""
    if not step.until:
        return len(open_days)
    named = [n for n, day in enumerate(open_days, 1) if day.fact and day.fact.window in step.until]
    return named[0] if named else 1


def _item(step: Step, machine: Fact, day: Day) -> PlanItem:
    task = f"{day.when}, {step.task[0].lower()}{step.task[1:]}" if day.when else step.task
    action = say("{task}.", task=task, on=[*step.on, *day.facts])
    return PlanItem(
        date=day.date, machine_id=machine.machine_id, machine_name=machine.machine_name,
        action=action, priority=step.priority, because=step.because,
    )  # fmt: skip

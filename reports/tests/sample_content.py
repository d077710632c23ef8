"""An invented day at Chicago that closes: A × P × Q = OEE, the losses add up to the lost minutes.

`sample_content()` is the day with three machines; `large_content()` has more of everything.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from analytics.figures.scatter import Met
from analytics.figures.whisker import Whisker
from production.figures.strip import Stretch
from reports.document.content import (
    Action,
    Completeness,
    Content,
    Head,
    Kpi,
    Loss,
    Losses,
    MachineDay,
    Verdict,
)
from reports.document.outlook import NextShift, RiskRow
from reports.document.sums import MachineSums
from reports.tests.sample_outlook import forecasts, models, oddities
from reports.tests.sample_rows import days, forecast_rows, gaps, records, shifts, stops
from reports.tests.sample_words import analysis, facts

DAY = date(2026, 11, 18)
START = datetime(2026, 11, 18, 12, tzinfo=UTC)
END = START + timedelta(days=1)
NAMES = {"M002": "Filler 2", "M001": "Assembly 1", "M003": "Packer 3"}
KINDS = {
    "M002": "changeover running down running down running planned running down running "
    "down running changeover running down running slow running planned running down running "
    "down running changeover running down running slow running planned running down running",
    "M001": "running down running planned running changeover running slow running down running "
    "planned running changeover running down running planned running changeover running",
    "M003": "running planned running down running planned running changeover running planned "
    "running down running slow running down running planned running",
}
BUSY = {"M002": 1350.0, "M001": 1350.0, "M003": 1290.0}
LOST = {"M002": 363.0, "M001": 219.0, "M003": 117.0}
LOSSES = (
    ("stops", "Failures and stops", 214.0, "Filler 2: 128, of it jam at infeed 61, film break 34"),
    ("changeover", "Changeover", 176.0, "Assembly 1: 82, Filler 2: 74"),
    ("speed", "Reduced speed", 168.0, "Filler 2: 84, Assembly 1: 51"),
    ("minor", "Minor stops", 96.0, ""),
    ("defects", "Process defects", 33.0, ""),
    ("start_up", "Start-up rejects", 12.0, ""),
)
PIECES = {"M002": (29_120.0, 28_671.0), "M001": (28_850.0, 28_454.0), "M003": (29_143.0, 28_855.0)}
RISK = (
    ("M002", "high", 22.0, 27.5, 6.0, 71.0, 0.0, 118.0, 0.31),
    ("M001", "medium", 5.0, 11.2, 0.0, 28.0, 0.0, 61.0, 0.12),
    ("M003", "low", 0.0, 3.4, 0.0, 9.0, 0.0, 26.0, 0.03),
)


def sample_content() -> Content:
    """Wednesday 18 November 2026, as it was reported on Thursday at 08:00."""
    busy, lost = sum(BUSY.values()), sum(LOST.values())
    return Content(
        head=Head(
            plant_id="plant_chicago", plant_name="Chicago", kind="daily", zone="America/Chicago",
            start=START, end=END, first_day=DAY, last_day=DAY, made_at=END + timedelta(hours=2),
        ),
        verdict=Verdict(
            tone="worse",
            word="Below target",
            sentence="OEE was 82.5\u00a0%, 2.5 points under the target of 85.0\u00a0%. Filler 2 "
            "lost 363 of the 699 lost minutes, jams at its infeed first.",
        ),
        kpis=_kpis(),
        ticks=tuple(
            ((START + timedelta(hours=hour)).timestamp(), f"{(6 + hour) % 24:02d}")
            for hour in range(0, 25, 4)
        ),
        machines=tuple(_machine(machine_id) for machine_id in NAMES),
        losses=Losses(
            busy_min=busy,
            lost_min=lost,
            rows=tuple(
                Loss(key=key, label=label, minutes=minutes, detail=detail)
                for key, label, minutes, detail in LOSSES
            ),
        ),
        next_shift=_next_shift(),
        ahead="Next 7 days 1,284\u00a0min, after 1,270 in the last 7. The forecast has been "
        "23\u00a0% better than seasonal naive over 8 weeks.",
        actions=_actions(),
        completeness=Completeness(
            share=0.991,
            sentences=(
                "One gap of more than a minute: Filler 2, 02:16–02:30, gateway restart, inside the "
                "planned break, so no KPI is touched.",
                "Two counter resets were recognised.",
                "27 of 214 downtime minutes have no reason.",
            ),
        ),
        performance=tuple(_sums(machine_id) for machine_id in NAMES),
        plant=_plant(),
        shifts=shifts(DAY),
        days=days(DAY),
        forecasts=forecasts(DAY + timedelta(days=1)),
        analysis=analysis(DAY),
        oddities=oddities(START, NAMES),
        gaps=gaps(START),
        models=models(START),
        facts=facts(),
        records=records(DAY, NAMES, count=9),
        stops=stops(START, NAMES, count=24),
        forecast_rows=forecast_rows(DAY + timedelta(days=1)),
    )  # fmt: skip


def large_content(*, machines: int = 50, rows: int = 200) -> Content:
    """The same day at a plant with many machines and so many records, stops and facts."""
    content = sample_content()
    names = {f"M{n:03d}": f"Filling and capping line {n}" for n in range(1, machines + 1)}
    lists = {
        "machines": [replace(content.machines[n % 3], **_named(names, n)) for n in range(machines)],
        "performance": [
            replace(content.performance[n % 3], **_named(names, n)) for n in range(machines)
        ],
    }
    shift = content.next_shift
    assert shift is not None
    risk = [replace(shift.rows[n % 3], **_named(names, n)) for n in range(machines)]
    return replace(
        content,
        **{name: tuple(one) for name, one in lists.items()},
        next_shift=replace(shift, rows=tuple(risk)),
        records=records(DAY, names, count=rows),
        stops=stops(START, names, count=rows),
    )


def _named(names: dict[str, str], n: int) -> dict[str, str]:
    machine_id = list(names)[n]
    return {"machine_id": machine_id, "machine_name": names[machine_id]}


def _kpis() -> tuple[Kpi, ...]:
    ratios = (
        ("oee", "OEE", 0.8248, 0.85, 0.834),
        ("availability", "Availability", 0.9023, 0.9, 0.909),
        ("performance", "Performance", 0.9265, 0.955, 0.9285),
        ("quality", "Quality", 0.98664, 0.989, 0.9876),
    )
    cards = [
        Kpi(key=key, label=label, kind="ratio", value=value, target=target, before=before,
            before_name="Tue")
        for key, label, value, target, before in ratios
    ]  # fmt: skip
    cards.append(
        Kpi(key="good_units", label="Good pieces", kind="pieces", value=85_980.0, before=86_930.0,
            before_name="Tue", note="95.2\u00a0% of plan")
    )  # fmt: skip
    cards.append(
        Kpi(key="downtime_min", label="Downtime", kind="minutes", value=214.0, before=205.0,
            before_name="Tue", higher_is_better=False, note="27\u00a0min no reason")
    )  # fmt: skip
    return tuple(cards)


def _machine(machine_id: str) -> MachineDay:
    kinds = KINDS[machine_id].split()
    weight = {"running": 12, "slow": 3, "down": 1, "changeover": 3, "planned": 2}
    scale = (END - START).total_seconds() / sum(weight[kind] for kind in kinds)
    reached = [START.timestamp()]
    for kind in kinds:
        reached.append(reached[-1] + weight[kind] * scale)
    stretches = [Stretch(a, b, kind) for (a, b), kind in zip(pairwise(reached), kinds, strict=True)]
    return MachineDay(
        machine_id=machine_id,
        machine_name=NAMES[machine_id],
        stretches=tuple(stretches),
        oee=1 - LOST[machine_id] / BUSY[machine_id],
        lost_min=LOST[machine_id],
    )


def _next_shift() -> NextShift:
    start = END + timedelta(hours=8)
    rows = [
        RiskRow(
            machine_id=machine_id, machine_name=NAMES[machine_id], risk=risk, chance=chance,
            confidence=0.74,
            minutes=Whisker(median, expected, lo80, hi80, lo95, hi95),
        )
        for machine_id, risk, median, expected, lo80, hi80, lo95, hi95, chance in RISK
    ]  # fmt: skip
    importance = (
        ("Stops in the last 9 shifts", 0.31), ("Hours since maintenance", 0.22),
        ("Shift of the day", 0.16), ("Minor stops so far", 0.12), ("Changeovers planned", 0.08),
    )  # fmt: skip
    met = [Met(float(n % 17), float((n * 7) % 23)) for n in range(56)]
    return NextShift(
        name="Late shift", start=start, end=start + timedelta(hours=8), threshold_min=30.0,
        rows=tuple(rows), plant=Whisker(31.0, 42.1, 12.0, 92.0, 3.0, 151.0), confidence=0.71,
        said_at=END, model_version="7",
        sentences=(
            "Chance of 30\u00a0min or more: Filler 2 31\u00a0%, Assembly 1 12\u00a0%, "
            "Packer 3 3\u00a0%.",
            "Over the last 8 weeks chances of this size came true 33, 11 and 2\u00a0% of the time.",
        ),
        importance=importance,
        met=(*met, Met(14.0, 61.0, beyond=True, name="Filler 2, Tue 10 Nov")),
        why_served="The model serves: over 504 shifts its error was 18\u00a0% below the mean of "
        "the last 9 shifts.",
    )  # fmt: skip


def _actions() -> tuple[Action, ...]:
    rows = (
        ("Realign the infeed guide rail on Filler 2, check screw timing", "Maintenance", 1,
         "−25\u00a0min a day"),
        ("Enter a reason at every stop: 12.6\u00a0% have none, target 5\u00a0%", "Shift leads", 5,
         "100\u00a0min a week found"),
        ("Run orders 4473 and 4475 back to back on Assembly 1", "Planning", 7,
         "−20\u00a0min a day"),
    )  # fmt: skip
    return tuple(
        Action(what=what, who=who, until=DAY + timedelta(days=days), expected=expected)
        for what, who, days, expected in rows
    )


def _sums(machine_id: str) -> MachineSums:
    produced, good = PIECES[machine_id]
    busy, lost, down = BUSY[machine_id], LOST[machine_id], {"M002": 128.0, "M001": 60.0}
    producing = busy - down.get(machine_id, 26.0) - {"M002": 74.0, "M001": 82.0}.get(machine_id, 20)
    availability, quality = producing / busy, good / produced
    oee = 1 - lost / busy
    return MachineSums(
        machine_id=machine_id, machine_name=NAMES[machine_id], oee=oee, availability=availability,
        performance=oee / availability / quality, quality=quality, produced=produced, good=good,
        scrap=produced - good, busy_min=busy, downtime_min=down.get(machine_id, 26.0),
        lost_min=lost, oee_target=0.85, oee_before=oee + 0.01,
    )  # fmt: skip


def _plant() -> MachineSums:
    produced, good = (sum(pair[n] for pair in PIECES.values()) for n in (0, 1))
    return MachineSums(
        machine_id="", machine_name="Chicago", oee=0.8248, availability=0.9023, performance=0.9265,
        quality=0.98664, produced=produced, good=good, scrap=produced - good,
        busy_min=sum(BUSY.values()), downtime_min=214.0, lost_min=sum(LOST.values()),
        oee_target=0.85, oee_before=0.834,
    )  # fmt: skip

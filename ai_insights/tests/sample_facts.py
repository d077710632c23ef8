"""Facts of invented plants, with the keys, labels and windows that `build_facts` gives."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ai_insights.grounding.fact import Fact, Facts

WINDOW, BEFORE, SHIFT = "12–18 Nov", "5–11 Nov", "Late, Thu 19 Nov"
AHEAD, BEHIND = "19–25 Nov", "12–18 Nov"
DAYS = ("Thu 19 Nov", "Fri 20 Nov", "Sat 21 Nov", "Sun 22 Nov", "Mon 23 Nov", "Tue 24 Nov",
        "Wed 25 Nov")  # fmt: skip
NAMES: Mapping[str, str] = {"M001": "Assembly 1", "M002": "Filler 2", "M003": "Packer 3"}
PLANT = "Chicago"


@dataclass
class Sheet:
    """Facts in the making; `names` are the plant's machines."""

    names: Mapping[str, str] = field(default_factory=lambda: dict(NAMES))
    rows: list[Fact] = field(default_factory=list)

    def add(self, key: str, label: str, value: float | None, unit: str, **more: str) -> None:
        machine = more.get("machine_id", "")
        name = self.names[machine] if machine else PLANT
        more = {"window": WINDOW, "url": "/api/kpis?from=2026-11-12&to=2026-11-19", **more}
        self.rows.append(
            Fact(
                id=f"K{len(self.rows) + 1}",
                key=key,
                label=more.pop("full", f"{label}, {name}"),
                value=value,
                unit=unit,
                machine_name=self.names[machine] if machine else "",
                **more,
            )
        )

    def facts(self) -> Facts:
        return Facts(tuple(self.rows))


def board_facts() -> Facts:
    """The world of the boards: Chicago, 12–18 Nov, three machines."""
    sheet = Sheet()
    _results(sheet, oee=82.4812, target=85.0, before=83.4)
    _output(sheet, good=85_980, scrap=1_320, by={"M002": 1_000, "M001": 210, "M003": 110})
    _lost(sheet, {"M002": (742, 363), "M001": (301, 219), "M003": (227, 117)})
    for kind, label, value in (
        ("stops", "Failures and stops", 214), ("changeover", "Changeover", 176),
        ("speed", "Reduced speed", 168), ("minor_stops", "Minor stops", 96),
        ("defects", "Defects", 45),
    ):  # fmt: skip
        sheet.add(f"loss_{kind}", label, value, "min")
    _reasons(sheet, [("M002", "Jam at infeed", 342, 61), ("M002", "Film break", 120, 14),
                     ("M001", "Screw missing", 98, 22)], whole=1270)  # fmt: skip
    sheet.add("changeover_min", "Changeover", 82, "min", machine_id="M001")
    sheet.add("changeover_count", "Number of changeovers", 4, "stops", machine_id="M001")
    _unassigned(sheet, 164, 12.9134, target=5.0)
    sheet.add("longest_stop", "Longest stop", 74, "min", machine_id="M002",
              window="Wed 18 Nov 15:20", text="Jam at infeed")  # fmt: skip
    sheet.add("down_now", "Down until then", 12, "min", machine_id="M002",
              window="at 11:42 on Thu 19 Nov, since 11:30", text="")  # fmt: skip
    _risk(sheet, {"M002": (64, 31, "high"), "M001": (12, 8, "medium"), "M003": (3, 2, "low")})
    _ahead(sheet, [212, 222, 104, 72, 228, 232, 214], total=1284, before=1270)
    _trust(sheet)
    _money(sheet, lost=699, scrap=1320, first=("M002", 363))
    return sheet.facts()


def random_facts(rng: random.Random) -> Facts:
    """A plant of any size, good or bad, with or without targets, predictions and costs."""
    count = rng.choice([1, 2, 3, 12, 50])
    kinds = ("Filler", "Packer", "Press", "Labeller", "Oven")
    names = {f"M{n:03d}": f"{rng.choice(kinds)} {n}" for n in range(1, count + 1)}
    sheet = Sheet(names=names)
    first = rng.sample(sorted(names), min(3, count))
    oee = rng.uniform(30, 99)
    _results(sheet, oee=oee, target=rng.choice([None, rng.uniform(50, 95)]),
             before=rng.choice([None, rng.uniform(30, 99)]))  # fmt: skip
    for machine in first:
        sheet.add("oee", "OEE", rng.uniform(20, oee), "%", machine_id=machine)
    lost = {m: (rng.uniform(0, 3000), rng.uniform(0, 3000)) for m in first}
    scraps = sorted((rng.randint(1, 4000) for _ in first), reverse=True)
    _output(sheet, good=rng.randint(0, 90_000), scrap=sum(scraps) + rng.randint(0, 50),
            by=dict(zip(first, scraps, strict=True)))  # fmt: skip
    _lost(sheet, dict(sorted(lost.items(), key=lambda one: -one[1][1])))
    reasons = [
        (rng.choice(first), rng.choice(["Jam", "Film break", "No material", "Tool worn"]),
         rng.uniform(0.6, 600), rng.randint(1, 70)) for _ in range(rng.randint(0, 4))
    ]  # fmt: skip
    whole = sum(one for one, _ in lost.values()) + 1
    _reasons(sheet, sorted(reasons, key=lambda one: -one[2]), whole=whole)
    _kinds(sheet, rng, first)
    if rng.random() < 0.7:
        _unassigned(sheet, rng.uniform(0, 300), rng.uniform(0, 60), target=rng.choice([None, 5.0]))
    if rng.random() < 0.4:
        since = rng.choice(["11:30", "Wed 18 Nov 23:50"])
        sheet.add("down_now", "Down until then", rng.uniform(0, 90), "min", machine_id=first[0],
                  window=f"at 11:42 on Thu 19 Nov, since {since}",
                  text=rng.choice(["", "Jam"]))  # fmt: skip
    if rng.random() < 0.7:
        levels = ["critical", "high", "medium", "low"]
        _risk(sheet, {m: (rng.uniform(0, 99), rng.uniform(0, 90), rng.choice(levels))
                      for m in first})  # fmt: skip
    if rng.random() < 0.7:
        days = [rng.uniform(0, 400) for _ in DAYS]
        _ahead(sheet, days, total=sum(days) * 1.02, before=rng.choice([None, sum(days) * 0.9]))
    else:
        sheet.add("missing", "Downtime ahead, not predicted", None, "", window="now",
                  text="4 of 28 plant days are known.")  # fmt: skip
    if rng.random() < 0.6:
        _trust(sheet)
    if rng.random() < 0.6:
        _money(sheet, lost=sum(one for _, one in lost.values()), scrap=sum(scraps),
               first=(first[0], lost[first[0]][1]))  # fmt: skip
    return sheet.facts()


def ids_of(keys: str, facts: Facts) -> tuple[str, ...]:
    """Ids of keys in a row; "lost_min:M002" is that of a machine."""
    pairs = [(key, machine) for key, _, machine in (one.partition(":") for one in keys.split())]
    return tuple(next(f.id for f in facts if (f.key, f.machine_id) == pair) for pair in pairs)


def random_names(facts: Facts) -> dict[str, str]:
    return {fact.machine_id: fact.machine_name for fact in facts if fact.machine_id}


def renamed(facts: Facts, machine_id: str, name: str) -> Facts:
    """The same facts, the machine called otherwise."""
    return Facts(tuple(_renamed(fact, machine_id, name) for fact in facts))


def _renamed(fact: Fact, machine_id: str, name: str) -> Fact:
    if fact.machine_id != machine_id:
        return fact
    return replace(fact, machine_name=name, label=fact.label.replace(fact.machine_name, name))


def _results(sheet: Sheet, *, oee: float, target: float | None, before: float | None) -> None:
    sheet.add("oee", "OEE", oee, "%")
    sheet.add("oee_target", "OEE target", target, "%", window="since 1 Jul")
    sheet.add("oee_gap", "OEE against target", _points(oee, target), "points")
    sheet.add("oee_before", "OEE before", before, "%", window=BEFORE)
    sheet.add("oee_change", "OEE against before", _points(oee, before), "points")
    for key, label, value, aim, was in (
        ("availability", "Availability", 90.2, 90.0, 90.9),
        ("effectiveness", "Performance", 92.7, 95.5, 92.9),
        ("quality_ratio", "Quality", 98.7, 98.9, 98.8),
    ):
        sheet.add(key, label, value, "%")
        if target is not None:
            sheet.add(f"{key}_target", f"{label} target", aim, "%", window="since 1 Jul")
        sheet.add(f"{key}_before", f"{label} before", was, "%", window=BEFORE)


def _kinds(sheet: Sheet, rng: random.Random, first: list[str]) -> None:
    """Losses by kind, the machine that changed over longest, the longest stop."""
    for kind, label in (("stops", "Failures and stops"), ("changeover", "Changeover"),
                        ("speed", "Reduced speed"), ("defects", "Defects")):  # fmt: skip
        if rng.random() < 0.7:
            sheet.add(f"loss_{kind}", label, rng.uniform(0.5, 900), "min")
    machine = rng.choice(first)
    if rng.random() < 0.7:
        sheet.add("changeover_min", "Changeover", rng.uniform(0, 300), "min", machine_id=machine)
        sheet.add("changeover_count", "Number of changeovers", rng.randint(1, 9), "stops",
                  machine_id=machine)  # fmt: skip
    if rng.random() < 0.7:
        sheet.add("longest_stop", "Longest stop", rng.uniform(1, 400), "min", machine_id=machine,
                  window="Wed 18 Nov 15:20", text=rng.choice(["", "Film break"]))  # fmt: skip


def _points(value: float, reference: float | None) -> float | None:
    return None if reference is None else round(round(value, 1) - round(reference, 1), 1)


def _output(sheet: Sheet, *, good: float, scrap: float, by: Mapping[str, float]) -> None:
    sheet.add("good_units", "Good pieces", good, "pieces")
    sheet.add("good_before", "Good pieces before", good + 950, "pieces", window=BEFORE)
    sheet.add("scrap_units", "Scrap", scrap, "pieces")
    sheet.add("scrap_before", "Scrap before", round(scrap * 0.9), "pieces", window=BEFORE)
    made = good + scrap
    sheet.add("defect_rate", "Scrap, share of pieces", 100 * scrap / made if made else None, "%")
    for machine, much in by.items():
        sheet.add("scrap_units", "Scrap", much, "pieces", machine_id=machine)


def _lost(sheet: Sheet, machines: Mapping[str, tuple[float, float]]) -> None:
    """Downtime and lost minutes of each machine."""
    down = sum(one for one, _ in machines.values())
    sheet.add("downtime_min", "Downtime", down, "min")
    sheet.add("downtime_before", "Downtime before", down * 0.97 + 4, "min", window=BEFORE)
    for machine, (much, _) in machines.items():
        sheet.add("downtime_min", "Downtime", much, "min", machine_id=machine)
    sheet.add("lost_min", "Lost minutes", sum(one for _, one in machines.values()), "min")
    for machine, (_, much) in machines.items():
        sheet.add("lost_min", "Lost minutes", much, "min", machine_id=machine)


def _reasons(sheet: Sheet, rows: Iterable[tuple[str, str, float, int]], *, whole: float) -> None:
    for n, (machine, why, spent, times) in enumerate(rows):
        more = {"machine_id": machine, "text": why}
        sheet.add("stop_reason", why, spent, "min", **more)
        sheet.add("stop_reason_count", f"{why}, number of stops", times, "stops", **more)
        if n == 0:
            share = spent / whole * 100
            sheet.add("stop_reason_share", f"{why}, share of all downtime", share, "%", **more)


def _unassigned(sheet: Sheet, spent: float, share: float, *, target: float | None) -> None:
    label = "Downtime without a reason"
    sheet.add("unassigned_min", label, spent, "min")
    sheet.add("unassigned_share", f"{label}, share", share, "%")
    if target is not None:
        sheet.add("unassigned_target", f"{label}, target for its share", target, "%",
                  window="since 1 Jul")  # fmt: skip
    sheet.add("unassigned_min", label, spent * 0.6, "min", machine_id=sorted(sheet.names)[0])


def _risk(sheet: Sheet, machines: Mapping[str, tuple[float, float, str]]) -> None:
    for n, (machine, (chance, expected, level)) in enumerate(machines.items()):
        more = {"machine_id": machine, "window": SHIFT, "text": level}
        sheet.add("risk_chance", "Chance of 30 min or more", chance, "%", **more)
        sheet.add("risk_expected", "Expected downtime", expected, "min", **more)
        if n == 0:
            sheet.add("risk_low", "Downtime, low end of the 80 % interval", expected / 4, "min",
                      **more)  # fmt: skip
            sheet.add("risk_high", "Downtime, high end of the 80 % interval", expected * 2.4,
                      "min", **more)  # fmt: skip
            sheet.add("risk_confidence", "Confidence of the prediction", 61, "%", **more)
            sheet.add("risk_factor", "Raises the expected downtime", 9, "min",
                      **{**more, "text": "Stops of the last shift"})  # fmt: skip
    skill = max(machines.values())[0] - 40
    sheet.add("risk_skill", "Prediction's error below that of the usual", skill, "%",
              window="shifts held back", text="the usual")  # fmt: skip


def _ahead(sheet: Sheet, days: Iterable[float], *, total: float, before: float | None) -> None:
    sheet.add("forecast_total", "Downtime forecast", total, "min", window=AHEAD)
    for end, times in (("low", 0.7), ("high", 1.4)):
        sheet.add(f"forecast_{end}", f"Downtime forecast, {end} end of the 80 % range",
                  total * times, "min", window=AHEAD)  # fmt: skip
    sheet.add("forecast_before", "Downtime of the 7 days before the forecast", before, "min",
              window=BEHIND)  # fmt: skip
    for day, value in zip(DAYS, days, strict=True):
        sheet.add("forecast_day", "", value, "min", window=day, full=f"Downtime forecast, {day}",
                  text="closed" if day.startswith("Sun") else "")  # fmt: skip
    skill = 23.1 if total > 1200 else -4.2
    sheet.add("forecast_skill", "Forecast's error below that of seasonal naive", skill, "%",
              window="backtest", text="seasonal naive")  # fmt: skip
    sheet.add("forecast_defect_rate", "Forecast of the scrap's share of pieces", 1.6, "%",
              window=AHEAD)  # fmt: skip


def _trust(sheet: Sheet) -> None:
    sheet.add("open_anomalies", "Open anomalies", 2, "anomalies")
    machine = sorted(sheet.names)[-1]
    sheet.add("anomaly", "Anomaly, score", 97.2, "%", machine_id=machine,
              window="Wed 18 Nov 15:19", text="Motor current is unlike before")  # fmt: skip
    sheet.add("completeness", "Data completeness", 99.1, "%")
    sheet.add("no_data_min", "Planned time without data", 36, "min")
    sheet.add("gaps", "Gaps in the data", 1, "gaps")
    sheet.add("gap_min", "Gaps in the data", 14, "min")
    sheet.add("counter_resets", "Counters that were set back", 2, "resets")


def _money(sheet: Sheet, *, lost: float, scrap: float, first: tuple[str, float]) -> None:
    since = {"window": "since 1 Jul"}
    rows = (("minute_cost", "Cost of a lost minute", 30, 46, since),
            ("scrap_cost", "Cost of a scrap piece", 0.4, 0.6, since),
            ("lost_cost", "Cost of the lost minutes", lost * 30, lost * 46, {}),
            ("lost_cost", "Cost of the lost minutes", first[1] * 30, first[1] * 46,
             {"machine_id": first[0]}),
            ("scrap_loss", "Cost of the scrap", scrap * 0.4, scrap * 0.6, {}))  # fmt: skip
    for key, label, low, high, more in rows:
        sheet.add(f"{key}_low", f"{label}, at least", low, "USD", **more)
        sheet.add(f"{key}_high", f"{label}, at most", high, "USD", **more)

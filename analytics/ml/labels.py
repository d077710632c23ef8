"""What a factor says of a machine, in words and numbers."""

from __future__ import annotations

import numpy as np

from analytics.ml.features.table import FeatureTable
from analytics.ml.history import Questions, ShiftHistory

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def label_of(factor: str, row: dict[str, float], signals: tuple[str, ...], *, plan: str) -> str:
    """One line, for example "Down now for 15 min" or "3 stops last shift, usually 1.2"."""
    if factor == "plan":
        return plan
    words = {
        "standing": _standing,
        "recent": _recent,
        "usual": _usual,
        "fleet": _fleet,
        "output": _output,
    }
    return words[factor](row) if factor in words else _process(row, signals)


def rows_of(table: FeatureTable) -> list[dict[str, float]]:
    """Each question's features by name."""
    return [dict(zip(table.names, row, strict=True)) for row in table.values.tolist()]


def plan_of(questions: Questions, place: int, history: ShiftHistory) -> str:
    """The shift asked for."""
    shift, weekday = int(questions.shift[place]), int(questions.weekday[place])
    names = history.shift_names
    return f"{names[shift] if 0 <= shift < len(names) else 'A'} shift, {DAYS[weekday % 7]}"


def span(minutes: float) -> str:
    """Minutes in the largest unit that reads well."""
    if minutes < 120:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 2880 else f"{minutes / 1440:.0f} days"


def _standing(row: dict[str, float]) -> str:
    if row["down_now"] > 0:
        return f"Down now for {span(row['down_for_min'])}"
    if np.isnan(row["down_now"]):
        return "Whether it is down now is not recorded"
    if row["up_for_min"] >= 90 * 1440:
        return "Running, no stop on record"
    return f"Running for {span(row['up_for_min'])}"


def _recent(row: dict[str, float]) -> str:
    stops, usual = row["stops_lag_1"], row["stops_mean_63"]
    if np.isfinite(stops) and np.isfinite(usual) and stops > 0:
        return f"{stops:.0f} {_plural(stops, 'stop')} last shift, usually {usual:.1f}"
    last, mean = row["downtime_lag_1"], row["downtime_mean_63"]
    if not np.isfinite(last):
        return "The last shift's downtime is unknown"
    return f"{last:.0f} min down last shift, usually {mean:.0f}"


def _usual(row: dict[str, float]) -> str:
    mean, share = row["downtime_mean_21"], row["downtime_share_63"]
    if not np.isfinite(mean) or not np.isfinite(share):
        return "Little is known of earlier shifts"
    return f"{mean:.0f} min a shift lately, {share:.0%} of shifts with downtime".replace("%", " %")


def _fleet(row: dict[str, float]) -> str:
    if row["fleet_down_share"] == 0:
        return "No machine is down now"
    if np.isfinite(row["fleet_down_share"]):
        return f"{row['fleet_down_share'] * 100:.0f} % of all machines down now"
    mean, usual = row["fleet_mean_8_h"], row["fleet_mean_30_d"]
    if not np.isfinite(mean):
        return "All machines' last shifts are unknown"
    return f"All machines {mean:.0f} min down in the last shift, usually {usual:.0f}"


def _output(row: dict[str, float]) -> str:
    if np.isfinite(row["defect_rate_lag_1"]):
        rate, usual = row["defect_rate_lag_1"] * 100, row["defect_rate_mean_63"] * 100
        return f"Defect rate {rate:.1f} % last shift, usually {usual:.1f} %"
    if np.isfinite(row["efficiency_lag_1"]):
        rate, usual = row["efficiency_lag_1"] * 100, row["efficiency_mean_63"] * 100
        return f"Performance {rate:.0f} % last shift, usually {usual:.0f} %"
    return "Pieces are not counted"


def _process(row: dict[str, float], signals: tuple[str, ...]) -> str:
    """The signal that is furthest from its usual mean, relative to that."""
    furthest, name, now, usual = 0.0, "", 0.0, 0.0
    for place, signal in enumerate(signals):
        mean, change = row[f"signal_{place}_mean"], row[f"signal_{place}_change"]
        far = abs(change) / max(abs(mean - change), 1e-9)
        if np.isfinite(far) and far >= furthest:
            furthest, name, now, usual = far, signal, mean, mean - change
    if not name:
        return "No process signal is known"
    words = f"{name[:1].upper()}{name[1:]} {_three(now)} on average last shift"
    return f"{words}, usually {_three(usual)}"


def _three(value: float) -> str:
    """Three digits that count; what is far from zero has no decimals."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _plural(number: float, word: str) -> str:
    return word if round(number) == 1 else f"{word}s"

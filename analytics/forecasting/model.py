"""What training leaves behind: everything a forecast is made of besides the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.forecasting.paths import Dependence
from analytics.forecasting.pool.roster import Learned
from analytics.forecasting.width import UNCHANGED, Widths


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFit:
    """What the series of a metric have in common: the plant's half of the weights, the widths of
    the combination, and how days hang together.
    """

    weights: Mapping[str, float]
    widths: Widths = field(default_factory=lambda: UNCHANGED)
    dependence: Dependence = field(default_factory=Dependence)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFit:
    """Weights of one series by member, whether naive did not beat them, and the evidence."""

    weights: Mapping[str, float]
    beats_naive: bool
    reason: str
    backtest: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastModel:
    """`groups` by metric, `series` by (key, metric), `learned` what the
    members themselves bring from training.
    """

    as_of: date
    members: tuple[str, ...]
    groups: Mapping[str, GroupFit]
    series: Mapping[tuple[str, str], SeriesFit]
    learned: Learned

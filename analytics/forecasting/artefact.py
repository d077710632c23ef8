"""A trained model as files and back: JSON, XGBoost's JSON, arrays; nothing runs when read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from analytics.forecasting.model import ForecastModel, GroupFit, SeriesFit
from analytics.forecasting.paths import Dependence
from analytics.forecasting.pool.global_lstm import packed, unpacked
from analytics.forecasting.pool.roster import Learned
from analytics.forecasting.width import Widths

FORMAT = 1
MODEL, TREES, LAYERS = "forecast.json", "trees_{}.json", "network.npz"


def dump(model: ForecastModel) -> dict[str, bytes]:
    """File names and contents; equal models give equal bytes."""
    document = {
        "format": FORMAT,
        "as_of": model.as_of.isoformat(),
        "members": list(model.members),
        "groups": {metric: asdict(one) for metric, one in model.groups.items()},
        "series": [
            {"key": key, "metric": metric, **asdict(one)}
            for (key, metric), one in model.series.items()
        ],
        "trees": list(model.learned.trees),
        "prophet_everywhere": model.learned.prophet_everywhere,
    }
    parts = {TREES.format(kind): raw for kind, raw in model.learned.trees.items()}
    if model.learned.layers is not None:
        parts[LAYERS] = packed(model.learned.layers)
    return {MODEL: json.dumps(document, allow_nan=False).encode(), **parts}


def load(parts: Mapping[str, bytes]) -> ForecastModel:
    """The model of `dump`'s files; ValueError for another format."""
    document = json.loads(parts[MODEL])
    if document["format"] != FORMAT:
        raise ValueError(f"Format {document['format']} of a forecast model is not {FORMAT}.")
    return ForecastModel(
        as_of=date.fromisoformat(document["as_of"]),
        members=tuple(document["members"]),
        groups={metric: _group(one) for metric, one in document["groups"].items()},
        series={
            (one.pop("key"), one.pop("metric")): SeriesFit(**one) for one in document["series"]
        },
        learned=Learned(
            trees={kind: parts[TREES.format(kind)] for kind in document["trees"]},
            layers=unpacked(parts[LAYERS]) if LAYERS in parts else None,
            prophet_everywhere=document["prophet_everywhere"],
        ),
    )


def _group(held: dict[str, Any]) -> GroupFit:
    return GroupFit(
        weights=held["weights"],
        widths=_widths(held["widths"]),
        dependence=Dependence(**held["dependence"]),
    )


def _widths(held: Mapping[str, list[float]]) -> Widths:
    return {float(level): tuple(factors) for level, factors in held.items()}

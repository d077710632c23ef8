"""A detector as files: JSON for its words, npz for its numbers, nothing that runs when read."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import numpy as np

from analytics.ml.anomaly.machine import MachineDetector
from analytics.ml.anomaly.panel import within
from analytics.ml.anomaly.signal import SignalDetector

WORDS, NUMBERS = "detector.json", "detector.npz"


def dump(detector: SignalDetector) -> dict[str, bytes]:
    """File name → content; `load` of it scores to the bit as the detector itself."""
    words = {
        "machines": list(detector.machines),
        "names": {machine: list(names) for machine, names in detector.names.items()},
        "missing": dict(detector.missing),
        "budget_per_week": detector.budget_per_week,
    }
    numbers = {
        f"{at}.{key}": part
        for at, known in enumerate(detector.machines.values())
        for key, part in known.arrays().items()
    }
    held = io.BytesIO()
    np.savez_compressed(held, allow_pickle=False, **numbers)
    return {WORDS: json.dumps(words).encode(), NUMBERS: held.getvalue()}


def load(parts: Mapping[str, bytes]) -> SignalDetector:
    words = json.loads(parts[WORDS])
    with np.load(io.BytesIO(parts[NUMBERS]), allow_pickle=False) as held:
        numbers = {key: held[key] for key in held.files}
    return SignalDetector(
        names={machine: tuple(names) for machine, names in words["names"].items()},
        machines={
            machine: MachineDetector.of(within(numbers, str(at)))
            for at, machine in enumerate(words["machines"])
        },
        missing=words["missing"],
        budget_per_week=words["budget_per_week"],
    )

"""What the overview holds a figure against: the target where one is set, else what is usual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.models import Target
from analytics.selectors.targets import Targets
from production.models import Machine
from production.shopfloor.shifts import PlannedShift


@dataclass(frozen=True, slots=True)
class Reference:
    """`by_now` is what it should be at this moment, `by_end` at the end of the shift; of a ratio
    both are the same.
    """

    by_now: float | None
    by_end: float | None
    is_target: bool


def reference_of(metric: str, usual: Mapping[str, Any], targets: Targets) -> Reference:
    """Of a ratio: the plant's target, else that of the last seven days."""
    aim = targets.of(metric)
    value = aim.value if aim else usual[metric]
    return Reference(value, value, is_target=aim is not None)


def shift_target(
    metric: str, machines: Sequence[Machine], targets: Targets, *, share: float
) -> Reference | None:
    """What all machines together should reach in a shift of which `share` of the planned busy time
    has passed; None where a machine has no target.
    """
    aims = [targets.of(metric, machine) for machine in machines]
    if not aims or not all(aims):
        return None
    whole = sum(aim.value for aim in aims if aim)
    return Reference(whole * share, whole, is_target=True)


def good_reference(
    machines: Sequence[Machine], shift: PlannedShift, targets: Targets, *, busy_s: float
) -> Reference:
    """Good pieces: the target, else what ideal speed makes; `busy_s` of the shift have passed."""
    share = busy_s / shift.pbt_s if shift.pbt_s else 0.0
    aim = shift_target(Target.Metric.GOOD_UNITS, machines, targets, share=share)
    if aim is not None:
        return aim
    pace = sum(1 / machine.pri_s for machine in machines if machine.pri_s)
    return Reference(busy_s * pace or None, shift.pbt_s * pace, is_target=False)


def downtime_reference(
    machines: Sequence[Machine],
    shift: PlannedShift,
    targets: Targets,
    *,
    busy_s: float,
    usual: float | None,
) -> Reference:
    """Minutes of downtime: the target, else `usual`."""
    share = busy_s / shift.pbt_s if shift.pbt_s else 0.0
    aim = shift_target(Target.Metric.DOWNTIME, machines, targets, share=share)
    return aim or Reference(usual, usual, is_target=False)

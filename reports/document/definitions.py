"""What the words of a report mean: formula and source, on paper and in the workbook."""

from __future__ import annotations

from typing import NamedTuple

ISO = "ISO 22400-2"


class Definition(NamedTuple):
    term: str
    formula: str
    source: str


DEFINITIONS = (
    Definition("Planned busy time (PBT)", "planned operation time − planned downtime", ISO),
    Definition("Actual production time (APT)", "time in which the machine was producing", ISO),
    Definition("Availability", "APT / PBT", ISO),
    Definition("Performance (effectiveness)",
               "PRI × produced pieces / APT, with PRI the ideal time a piece; may exceed 100 %",
               ISO),
    Definition("Quality", "ideal time of good pieces / ideal time of produced pieces", ISO),
    Definition("OEE", "availability × performance × quality = PRI × good pieces / PBT", ISO),
    Definition("Lost minutes", "PBT − PRI × good pieces", "the complement of OEE"),
    Definition("Downtime", "delay time (ADET): stopped while work was due", ISO),
    Definition("Roll-up", "minutes and pieces are added, then divided; ratios are never averaged",
               ISO),
    Definition("Data completeness", "PBT / (PBT + time without data)", "AMIS"),
    Definition("Chance", "calibrated probability that a shift's downtime reaches the threshold",
               "AMIS"),
    Definition("80 % and 95 % range", "quantiles 0.1 to 0.9 and 0.025 to 0.975 of the prediction",
               "AMIS"),
    Definition("Seasonal naive", "the value of the same day of the week before", "yardstick"),
    Definition("Confidence", "calibrated probability that the prediction is wrong by at most "
               "15 min or 10 % of the shift, whichever is more", "AMIS"),
    Definition("Anomaly score", "0 to 1, how far a moment lies from what is usual", "AMIS"),
)  # fmt: skip

"""What the words of a report mean: formula and source, on paper and in the workbook."""

from __future__ import annotations

from typing import NamedTuple

from amis.marked import _

ISO = "ISO 22400-2"


class Definition(NamedTuple):
    term: str
    formula: str
    source: str


DEFINITIONS = (
    Definition(_("Planned busy time (PBT)"), _("planned operation time − planned downtime"), ISO),
    Definition(
        _("Actual production time (APT)"), _("time in which the machine was producing"), ISO
    ),
    Definition(_("Availability"), _("APT / PBT"), ISO),
    Definition(
        _("Performance (effectiveness)"),
        _("PRI × produced pieces / APT, with PRI the ideal time a piece; may exceed 100 %"),
        ISO,
    ),
    Definition(_("Quality"), _("ideal time of good pieces / ideal time of produced pieces"), ISO),
    Definition(_("OEE"), _("availability × performance × quality = PRI × good pieces / PBT"), ISO),
    Definition(_("Lost minutes"), _("PBT − PRI × good pieces"), _("the complement of OEE")),
    Definition(_("Downtime"), _("delay time (ADET): stopped while work was due"), ISO),
    Definition(
        _("Roll-up"),
        _("minutes and pieces are added, then divided; ratios are never averaged"),
        ISO,
    ),
    Definition(_("Data completeness"), _("PBT / (PBT + time without data)"), "AMIS"),
    Definition(
        _("Chance"),
        _("calibrated probability that a shift's downtime reaches the threshold"),
        "AMIS",
    ),
    Definition(
        _("80 % and 95 % range"),
        _("quantiles 0.1 to 0.9 and 0.025 to 0.975 of the prediction"),
        "AMIS",
    ),
    Definition(
        _("Seasonal naive"), _("the value of the same day of the week before"), _("yardstick")
    ),
    Definition(
        _("Confidence"),
        _(
            "calibrated probability that the prediction is wrong by at most "
            "15 min or 10 % of the shift, whichever is more"
        ),
        "AMIS",
    ),
    Definition(_("Anomaly score"), _("0 to 1, how far a moment lies from what is usual"), "AMIS"),
)

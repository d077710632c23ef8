"""How much of the planned time the data tell of, and what was odd in them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.templatetags.figures import pieces
from production.selectors.data_issues import counter_resets, gaps_of, issues_in
from reports.document.content import Completeness
from reports.document.rows import Gap
from reports.selectors.content.sheet import Sheet

MOST = 500


def completeness_of(sheet: Sheet) -> Completeness:
    figures = sheet.scene.figures
    sentences = [_gaps(sheet), _resets(sheet), _silence(sheet), _unassigned(sheet)]
    return Completeness(
        share=figures["data_coverage"], sentences=tuple(one for one in sentences if one)
    )


def gaps_in(sheet: Sheet) -> tuple[Gap, ...]:
    """Oldest first; the newest where there are too many."""
    issues = issues_in(sheet.span).select_related("signal__machine")
    rows = [
        Gap(
            machine_name=issue.signal.machine.machine_name if issue.signal else "",
            signal=issue.signal.name if issue.signal else "",
            kind=str(issue.get_kind_display()).lower(),
            start=issue.started_at,
            end=issue.ended_at,
            samples=issue.sample_count,
        )
        for issue in issues[:MOST]
    ]
    return tuple(reversed(rows))


def _gaps(sheet: Sheet) -> str:
    found = gaps_of(sheet.span, now=sheet.now)
    if not found:
        return _("No machine was unheard for a minute or more.")
    spent = sum(one.duration_s for _pk, one in found) / 60
    words = {"n": len(found), "minutes": pieces(spent), "machines": len({pk for pk, _ in found})}
    return (
        ngettext(
            "One gap of a minute or more, %(minutes)s min.",
            "%(n)s gaps of a minute or more on %(machines)s machines, %(minutes)s min in all.",
            len(found),
        )
        % words
    )


def _resets(sheet: Sheet) -> str:
    count = counter_resets(sheet.span)
    if not count:
        return ""
    said = ngettext("One counter was set back.", "Counters were set back %(n)s times.", count)
    return said % {"n": count}


def _silence(sheet: Sheet) -> str:
    silent = sheet.scene.figures["no_data_min"]
    if not silent or silent < 0.5:
        return ""
    said = _("Nothing is known of %(minutes)s min of planned time.")
    return said % {"minutes": pieces(silent)}


def _unassigned(sheet: Sheet) -> str:
    figures = sheet.scene.figures
    down, unassigned = figures["downtime_min"], figures["unassigned_min"]
    if not down or down < 0.5 or unassigned is None:
        return ""
    words = {"unassigned": pieces(unassigned), "down": pieces(down)}
    return _("%(unassigned)s of %(down)s downtime minutes have no reason.") % words

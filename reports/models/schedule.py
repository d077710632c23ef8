"""When a plant's daily report is made and who gets it."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FORMATS = ("pdf", "xlsx", "csv")


def every_day() -> list[str]:
    return list(WEEKDAYS)


def pdf_and_xlsx() -> list[str]:
    return ["pdf", "xlsx"]


class ReportSchedule(models.Model):
    """One row a plant, made when it is first asked for. `time` is plant time; `weekdays` are the
    days on which it is made; without `recipients` EMAIL_RECEIVER gets it.
    """

    enabled = models.BooleanField(default=True)
    time = models.TimeField(default=time(8))
    weekdays = models.JSONField(default=every_day)
    recipients = models.JSONField(default=list, blank=True)
    formats = models.JSONField(default=pdf_and_xlsx)
    since = models.DateTimeField(auto_now_add=True, help_text=_("Nothing was due before."))

    class Meta:
        verbose_name = verbose_name_plural = _("schedule of the daily report")
        constraints = (
            models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_report_schedule"),
        )

    def __str__(self) -> str:
        return str(_("Schedule of the daily report"))

"""What every page of prediction has beside its figures: the training that runs, or what is missing
before there is anything to show.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.forecasting.ladder import ALL_DAYS, GUARDED_DAYS, LEAST_DAYS
from analytics.ml.anomaly.machine import LEAST_ROWS
from analytics.ml.sufficiency import LEARNABLE_SHIFTS, LEAST_A_MACHINE, LEAST_SHIFTS
from analytics.selectors.answers import kept
from analytics.selectors.outlook_shapes import Insufficient
from production.models import Connection
from production.selectors.jobs import newest_job
from tenants.permissions import Action

TRAININGS = {
    "downtime": ["train_downtime"],
    "forecast": ["train_lstm", "train_forecast"],
    "anomaly": ["train_anomaly"],
}
"""Kinds of jobs of which the training of a task consists."""
TITLES = {
    "train_downtime": gettext_lazy("Training: the next shift"),
    "train_lstm": gettext_lazy("Training: daily patterns"),
    "train_forecast": gettext_lazy("Training: the days to come"),
    "train_anomaly": gettext_lazy("Training: what is usual"),
}


def training(request: HttpRequest, task: str, *, now: datetime) -> dict[str, Any]:
    """`task` is what the page's button trains: downtime, forecast or anomaly."""
    job = newest_job(TRAININGS[task], now=now)
    (simulated,) = kept("simulated", lambda: (Connection.objects.filter(simulated=True).exists(),))
    return {
        "job": job,
        "job_title": TITLES[job.kind] if job else "",
        "job_cancelled": _("The models that served before go on serving."),
        "may_train": request.place.may(Action.RUN_JOBS),
        "train_task": task,
        "simulated": simulated,
    }


def lacking(answer: Insufficient, task: str) -> dict[str, Any]:
    """The sentences as they are, when there may be enough, and what will be seen from when on."""
    return {"lacks": answer, "needs": _needs(task)}


def _needs(task: str) -> list[tuple[str, str]]:
    """(how much there must be, what is then shown)."""
    needs = {
        "downtime": [
            (
                _("%(all)d shifts, %(typical)d of a typical machine")
                % {"all": LEAST_SHIFTS, "typical": LEAST_A_MACHINE},
                _("Minutes and chance of downtime in the next shift of each machine"),
            ),
            (
                _("%(all)d shifts") % {"all": LEARNABLE_SHIFTS},
                _("All models learn, those that need many examples too"),
            ),
        ],
        "forecast": [
            (_("%(days)d days") % {"days": LEAST_DAYS}, _("A forecast from averages and trend")),
            (
                _("%(days)d days") % {"days": GUARDED_DAYS},
                _("More models, and how good they are beside “same weekday as last week”"),
            ),
            (_("%(days)d days") % {"days": ALL_DAYS}, _("All models")),
        ],
        "anomaly": [
            (
                _("%(rows)d values of each signal while the machine ran; by the minute, 4 h")
                % {"rows": LEAST_ROWS},
                _("How odd each hour was, and events to confirm or dismiss"),
            ),
        ],
    }
    return needs[task]

"""The pages that show how good, what comes next and what is odd."""

from analytics.views.anomalies import anomalies
from analytics.views.corporate import corporate
from analytics.views.forecast import forecast
from analytics.views.machine import machine
from analytics.views.models import models
from analytics.views.overview import overview
from analytics.views.risk import risk

__all__ = ["anomalies", "corporate", "forecast", "machine", "models", "overview", "risk"]

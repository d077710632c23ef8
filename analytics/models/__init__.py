"""What AMIS says will happen, with what it was said, and what became of it; one plant's rows."""

from analytics.models.anomaly import Anomaly, OddHour
from analytics.models.prediction import Forecast, Prediction
from analytics.models.preferences import Preferences
from analytics.models.registry import ModelArtefact, ModelVersion, Promotion
from analytics.models.run import Run
from analytics.models.target import Target

__all__ = [
    "Anomaly",
    "Forecast",
    "ModelArtefact",
    "ModelVersion",
    "OddHour",
    "Prediction",
    "Preferences",
    "Promotion",
    "Run",
    "Target",
]

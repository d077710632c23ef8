"""What happened on the shop floor, as rows of one plant's schema."""

from production.models.job import Job
from production.models.plant import Area, Line, Machine, PlantClosure, ShiftPattern, StopReason
from production.models.record import ProductionRecord, StateInterval, Stop
from production.models.sample import Sample
from production.models.source import Connection, DataIssue, IngestCount, Outage, Signal

__all__ = [
    "Area",
    "Connection",
    "DataIssue",
    "IngestCount",
    "Job",
    "Line",
    "Machine",
    "Outage",
    "PlantClosure",
    "ProductionRecord",
    "Sample",
    "ShiftPattern",
    "Signal",
    "StateInterval",
    "Stop",
    "StopReason",
]

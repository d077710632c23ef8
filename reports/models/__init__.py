"""Reports that were issued, their files, who got them, and when they are made."""

from reports.models.delivery import Delivery
from reports.models.report import Report, ReportFile
from reports.models.schedule import ReportSchedule

__all__ = ["Delivery", "Report", "ReportFile", "ReportSchedule"]

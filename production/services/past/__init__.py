"""A plant's past from files: stops, production figures and process values of earlier times."""

from production.services.past.legacy import migrate_legacy
from production.services.past.outcome import Outcome
from production.services.past.production import import_production
from production.services.past.series import import_series
from production.services.past.stops import import_stops

__all__ = ["Outcome", "import_production", "import_series", "import_stops", "migrate_legacy"]

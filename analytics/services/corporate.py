"""The view over plants, which nobody takes without a line in the access log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.selectors.corporate import PlantSums, plant_sums
from production.shopfloor.window import Window
from tenants.models import AccessLog, Tenant, User
from tenants.services.audit import note


def view_plants(
    windows: Sequence[tuple[Tenant, Window]], *, user: User, asked: Mapping[str, str]
) -> list[PlantSums]:
    """Write down who looks and at which window, then add up what the plants published."""
    words = [f"{name}={asked[name]}" for name in ("days", "from", "to") if name in asked]
    about = f"{' '.join(words) or 'days=7'}, plants: {len(windows)}"
    note(AccessLog.Action.CORPORATE_VIEWED, user=user, about=about)
    return plant_sums(windows)

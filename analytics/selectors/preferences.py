"""What the plant chose about its predictions."""

from __future__ import annotations

from analytics.models import Preferences


def preferences() -> Preferences:
    """The stored row, or the defaults where nobody chose."""
    return Preferences.objects.filter(pk=1).first() or Preferences(pk=1)

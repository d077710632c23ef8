"""Tests of the insights begin with a plant that has a past, at a standing clock."""

from analytics.tests.conftest import at, inside

__all__ = ["at", "inside"]

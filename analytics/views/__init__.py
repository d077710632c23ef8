"""The pages that show how good: the plant's overview and a machine."""

from analytics.views.machine import machine
from analytics.views.overview import overview

__all__ = ["machine", "overview"]

"""Maths of daily forecasts, 1 to 30 days: arrays and frozen dataclasses in and out."""

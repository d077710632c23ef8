"""Maths of prediction at the grain of a shift: arrays and frozen dataclasses in and out."""

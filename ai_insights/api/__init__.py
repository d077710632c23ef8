"""The doors of the insights."""

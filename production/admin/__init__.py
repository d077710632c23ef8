"""The plant's pages of the admin."""

from production.admin import pages  # noqa: F401 - its import registers them

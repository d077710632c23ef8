"""The plant's pages of the admin, and the platform's page of plants."""

from production.admin import pages, plants  # noqa: F401 - their import registers them

"""The admin: on a plant's host its equipment, on the base host plants, hosts and people."""

from tenants.admin import people, platform  # noqa: F401 - their import registers the pages
from tenants.admin.plant_page import OneRowAdmin, PlantModelAdmin
from tenants.admin.platform_page import SharedModelAdmin
from tenants.admin.site import ReadOnly, site

__all__ = ["OneRowAdmin", "PlantModelAdmin", "ReadOnly", "SharedModelAdmin", "site"]

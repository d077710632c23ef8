"""Plants, the hosts they answer on, the people and what each may do where: the public schema."""

from tenants.models.access_log import AccessLog
from tenants.models.api_token import ApiToken, Scope
from tenants.models.people import Membership, PeopleByEmail, Role, User
from tenants.models.plant import RESERVED_IDS, TENANT_ID_PATTERN, Domain, Tenant, role_of
from tenants.models.published import PublishedPlant, PublishedShift

__all__ = [
    "RESERVED_IDS",
    "TENANT_ID_PATTERN",
    "AccessLog",
    "ApiToken",
    "Domain",
    "Membership",
    "PeopleByEmail",
    "PublishedPlant",
    "PublishedShift",
    "Role",
    "Scope",
    "Tenant",
    "User",
    "role_of",
]

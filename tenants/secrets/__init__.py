"""Secrets that have to be read again lie sealed in the database; the keys are not in it."""

from tenants.secrets.field import SealedField
from tenants.secrets.seal import Locked, WrongKey, seal, unseal

__all__ = ["Locked", "SealedField", "WrongKey", "seal", "unseal"]

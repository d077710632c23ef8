"""A plant's equipment file: read, checked with line numbers, and laid over what is there."""

from production.services.equipment.checks import (
    SECURITY_POLICIES,
    check_endpoint_url,
    check_machine_id,
    check_node,
    check_state_map,
    odd_character,
    read_certificate,
    same_cycle,
)
from production.services.equipment.patterns import check_pattern
from production.services.equipment.store import (
    ImportResult,
    bump_revisions,
    import_equipment,
)

__all__ = [
    "SECURITY_POLICIES",
    "ImportResult",
    "bump_revisions",
    "check_endpoint_url",
    "check_machine_id",
    "check_node",
    "check_pattern",
    "check_state_map",
    "import_equipment",
    "odd_character",
    "read_certificate",
    "same_cycle",
]

"""How often somebody may ask, and whose word about a caller's address is taken."""

from __future__ import annotations

from dataclasses import dataclass

from amis.environment.networks import Network, networks_of
from amis.environment.values import Values

PER_USER, PER_PLANT = 1200, 6000
MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Requests a minute of one person and of one plant; proxies that may say for whom they ask."""

    per_user: int
    per_plant: int
    proxies: tuple[Network, ...]


def doors_of(values: Values) -> Doors:
    """From AMIS_USER_RATE, AMIS_PLANT_RATE and AMIS_TRUSTED_PROXIES."""
    proxies = "AMIS_TRUSTED_PROXIES"
    return Doors(
        per_user=values.number("AMIS_USER_RATE", PER_USER, int, lowest=1, highest=MOST),
        per_plant=values.number("AMIS_PLANT_RATE", PER_PLANT, int, lowest=1, highest=MOST),
        proxies=networks_of(values, proxies, "") if values.text(proxies) else (),
    )

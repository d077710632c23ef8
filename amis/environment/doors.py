"""How often somebody may ask, and whose word about a caller's address is taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from amis.environment.networks import Network, networks_of
from amis.environment.values import Values

PER_USER, PER_PLANT = 1200, 6000
MOST = 1_000_000
SHORTEST_TOKEN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Requests a minute of one person and of one plant; proxies that may say for whom they ask; the
    key to the figures by plant, without which nobody reads them.
    """

    per_user: int
    per_plant: int
    proxies: tuple[Network, ...]
    metrics_token: str = field(default="", repr=False)


def doors_of(values: Values) -> Doors:
    """From AMIS_USER_RATE, AMIS_PLANT_RATE, AMIS_TRUSTED_PROXIES and AMIS_METRICS_TOKEN."""
    proxies = "AMIS_TRUSTED_PROXIES"
    return Doors(
        per_user=values.number("AMIS_USER_RATE", PER_USER, int, lowest=1, highest=MOST),
        per_plant=values.number("AMIS_PLANT_RATE", PER_PLANT, int, lowest=1, highest=MOST),
        proxies=networks_of(values, proxies, "") if values.text(proxies) else (),
        metrics_token=_metrics_token(values),
    )


def _metrics_token(values: Values) -> str:
    token = values.text("AMIS_METRICS_TOKEN")
    if token and len(token) < SHORTEST_TOKEN:
        values.faults.append(f"AMIS_METRICS_TOKEN: needs at least {SHORTEST_TOKEN} characters")
    return token

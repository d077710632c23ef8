"""How often the collector asks a plant's database, which with many plants is most of its work."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from production.ingest import collector as collector_module
from production.ingest.collector import EMPTY_PLANT_EVERY, Collector

LOOKS = 2 * EMPTY_PLANT_EVERY


class Plants:
    """Stands where the threads are that ask: plants by whether anything is to be collected there,
    all of which another worker holds.
    """

    def __init__(self, **has_connections: bool) -> None:
        self.has_connections = has_connections
        self.asked: Counter[str] = Counter()

    async def call(self, schema: str, work, /, **_: object) -> object:
        if work.__name__ == "active_schemas":
            return list(self.has_connections)
        if work.__name__ == "has_connections":
            return self.has_connections[schema]
        self.asked[schema] += 1
        return {}


@pytest.fixture
def look(tmp_path):
    """look(plants, times) is what one collector does with them."""
    collector = Collector(pki=tmp_path)

    def looks(plants: Plants, times: int) -> Counter[str]:
        collector._threads = plants
        plants.asked.clear()

        async def go() -> None:
            for _ in range(times):
                await collector._look()

        asyncio.run(go())
        return plants.asked

    return looks


def test_only_plants_with_connections_are_looked_at_each_time(look):
    asked = look(Plants(empty=False, held_by_another=True), LOOKS)
    assert asked == {"empty": 2, "held_by_another": LOOKS}


def test_the_first_connection_of_a_plant_is_found_within_ten_seconds(look):
    plants = Plants(new=False)
    assert look(plants, 1) == {"new": 1}
    plants.has_connections["new"] = True
    # The pauses alone; the looks between them and the connecting take the rest.
    assert EMPTY_PLANT_EVERY * collector_module.LOOK_EVERY_S <= 8.0
    assert look(plants, EMPTY_PLANT_EVERY)["new"] == 1
    assert look(plants, 3)["new"] == 3

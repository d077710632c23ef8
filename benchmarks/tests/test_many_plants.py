"""G10: how the pages of one plant beside many others are judged."""

from __future__ import annotations

import pytest

from benchmarks.pages_of_many import OF_ALL, Look, Pages, details


def look(plants: int, *, ms: float, background: float = 0.2) -> Look:
    return Look(plants, [ms] * 20, dict.fromkeys(OF_ALL, ms), background)


def pages(*, before: float = 20, few: float = 20, many: float = 20) -> Pages:
    return Pages(
        [look(10, ms=before)] * 3,
        [look(10, ms=few)] * 3,
        [look(100, ms=many, background=0.47)] * 3,
    )


@pytest.mark.parametrize(
    ("found", "passed"),
    [
        (pages(many=26), True),
        (pages(many=27), False),
        # Out of service they cost as much as in service: that is not to pass.
        (pages(before=20, few=30, many=30), False),
        (pages(before=30, few=20, many=25), True),
    ],
)
def test_pages_may_cost_a_third_more_with_many_plants_in_service_or_out_of_it(found, passed):
    assert found.passed is passed


def test_one_repeat_of_three_on_a_busy_machine_does_not_decide():
    found = Pages(
        [look(10, ms=20)] * 3,
        [look(10, ms=20), look(10, ms=40), look(10, ms=20)],
        [look(100, ms=22), look(100, ms=80), look(100, ms=24)],
    )
    assert found.ratios == [1.1, 2.0, 1.2]
    assert found.passed


def test_the_background_is_carried_on_and_said_to_be():
    assert pages().each_background == pytest.approx(0.003)
    assert any("not measured: 1,000 keep 3.0 processors" in line for line in details(pages()))

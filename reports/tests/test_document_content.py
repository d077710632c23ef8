"""A report's content survives being kept as JSON, and what is no content is refused by name."""

import json

import pytest

from reports.document.content import Content
from reports.document.plain import NotAContent, from_plain, to_plain
from reports.tests.sample_content import large_content, sample_content


@pytest.mark.parametrize("content", [sample_content(), large_content(machines=5, rows=20)])
def test_a_content_comes_back_from_json_as_it_was(content):
    back = from_plain(Content, json.loads(json.dumps(to_plain(content), allow_nan=False)))
    assert back == content


def test_what_a_later_version_added_does_not_hinder_reading():
    plain = to_plain(sample_content())
    plain["head"]["mood"] = "fine"
    del plain["written_by"]
    assert from_plain(Content, plain) == sample_content()


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("head", "start"), "yesterday", "content.head.start is no time"),
        (("head", "kind"), "hourly", "content.head.kind is not one of daily, weekly, custom"),
        (("kpis", 0, "value"), "82", "content.kpis[0].value is not a float"),
        (("kpis", 0, "value"), float("nan"), "content.kpis[0].value is not a float"),
        (("machines",), {}, "content.machines is not a list"),
        (("ticks", 0), [1.0], "content.ticks[0] is not a row"),
    ],
)
def test_what_is_no_content_is_refused_with_its_place(place, value, said):
    plain = to_plain(sample_content())
    *way, last = place
    inside = plain
    for step in way:
        inside = inside[step]
    inside[last] = value
    with pytest.raises(NotAContent) as error:
        from_plain(Content, plain)
    assert said in str(error.value)


def test_a_missing_part_is_named():
    plain = to_plain(sample_content())
    del plain["head"]["zone"]
    with pytest.raises(NotAContent, match=r"content\.head has no zone"):
        from_plain(Content, plain)


def test_the_sample_closes():
    content = sample_content()
    plant, losses = content.plant, content.losses
    assert sum(loss.minutes for loss in losses.rows) == losses.lost_min
    assert sum(machine.lost_min for machine in content.machines) == losses.lost_min
    assert plant.availability * plant.performance * plant.quality == pytest.approx(
        plant.oee, abs=5e-5
    )
    assert 1 - losses.lost_min / losses.busy_min == pytest.approx(plant.oee, abs=5e-5)
    assert sum(shift.good for shift in content.shifts) == plant.good
    assert sum(shift.downtime_min for shift in content.shifts) == plant.downtime_min

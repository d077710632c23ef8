"""What a model looks at is told in families, of which every share is a part."""

from __future__ import annotations

import re

import numpy as np
import pytest

from analytics.figures.families import FAMILIES, NOW, family_of, in_families
from analytics.ml.features import features
from analytics.ml.history import questions_of
from analytics.tests.plants import plant


@pytest.mark.parametrize(
    ("feature", "family"),
    [
        ("long_downtime_share_21", "Downtime of earlier shifts"),
        ("down_24_h_min", NOW),
        ("stops_24_h", NOW),
        ("stops_mean_63", "Number and length of stops"),
        ("fleet_down_share", "Downtime of all machines"),
        ("units_against_usual", "Pieces, speed and scrap"),
        ("motor current max", "Motor current"),
        ("something_new", "something new"),
    ],
)
def test_a_feature_belongs_to_what_people_know(feature, family):
    assert family_of(feature) == family


def test_shares_add_up_to_what_they_did_largest_first():
    found = in_families([("weekday", 0.2), ("stops_lag_1", 0.3), ("stops_7_d", 0.25), ("x", 0.25)])
    assert found == [("Number and length of stops", 0.55), ("x", 0.25),
                     ("Shift, weekday, how far ahead", 0.2)]  # fmt: skip


def test_no_feature_of_the_next_shift_is_without_a_family():
    history = plant(machines=2, shifts=12)
    table = features(history, questions_of(history, np.arange(4)))
    own = [name for name in table.names if not name.startswith("signal_")]
    assert len(own) > 40
    assert [n for n in own if not any(re.fullmatch(one, n) for one, _ in FAMILIES)] == []

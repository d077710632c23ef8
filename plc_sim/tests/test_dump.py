"""The dumped past is what the live plant goes on with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from plc_sim import dump
from plc_sim.__main__ import main
from plc_sim.kinds import NODE_NAMES, node_ids
from plc_sim.tests.conftest import EPOCH, new_plant
from plc_sim.timetable import DAY, HOUR, MINUTE, SECOND

FIELDS = len(NODE_NAMES)


def test_the_live_plant_goes_on_where_the_dump_ends() -> None:
    whole = dump.history(new_plant(), until=EPOCH + 3 * DAY, fine=0)
    plant = new_plant()
    first = dump.history(plant, until=EPOCH + 2 * DAY, fine=0)
    rest = dump.samples_of(plant.advance(EPOCH + 3 * DAY).changes)
    is_event = whole.node % FIELDS < 8
    assert np.array_equal(whole.time[: len(first.time)], first.time)
    assert np.array_equal(whole.value[: len(first.time)], first.value)
    late = is_event & (whole.time > EPOCH + 2 * DAY)
    assert np.array_equal(whole.time[late], rest.time)
    assert np.array_equal(whole.value[late], rest.value)


def test_signals_come_every_quarter_and_finely_at_the_end() -> None:
    samples = dump.history(new_plant(), until=EPOCH + DAY, fine=HOUR)
    temperature = samples.time[samples.node == NODE_NAMES.index("Process.Temperature")]
    steps = np.diff(temperature)
    assert temperature[0] == EPOCH and temperature[-1] == EPOCH + DAY
    assert set(steps[: 23 * 4].tolist()) == {15 * MINUTE}
    assert set(steps[-360:].tolist()) == {10 * SECOND} and len(steps) == 23 * 4 + 360


def test_the_file_names_every_node_and_begins_with_its_value(tmp_path: Path) -> None:
    out = tmp_path / "past.npz"
    words = ["dump", "--epoch", "2026-09-01", "--until", "2026-09-02T03:00:00+02:00"]
    assert main([*words, "--timezone", "America/Chicago", "--out", str(out)]) == 0
    with np.load(out, allow_pickle=False) as file:
        assert file["nodes"].tolist() == node_ids(3)
        assert (file["node_index"].dtype, file["time_us"].dtype) == (np.int32, np.int64)
        assert (np.diff(file["time_us"]) >= 0).all()
        at_epoch = file["node_index"][file["time_us"] == EPOCH]
        assert set(at_epoch.tolist()) == set(range(36))
        again = dump.history(new_plant(), until=EPOCH + 25 * HOUR)
        assert np.array_equal(file["value"], again.value)


def test_a_dump_that_ends_before_it_begins_is_refused(capsys) -> None:
    words = ["dump", "--epoch", "2026-09-02", "--until", "2026-09-01", "--out", "-"]
    assert main(words) == 1
    assert "--until must be later" in capsys.readouterr().err

"""The set-up speaks to old Pythons and does not trust an installation that was cut short."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from amis.environment import ROOT

SCRIPT = ROOT / "scripts" / "setup.py"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a whole installation of the light file in a folder of its own."""
    spec = importlib.util.spec_from_file_location("setup_script", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in (("VENV", ""), ("BIN", "bin"), ("UNFINISHED", ".unfinished")):
        monkeypatch.setattr(module, name, tmp_path / path)
    module.BIN.mkdir()
    (module.BIN / "python").touch()
    module._stamp(module.LIGHT).write_text(module._digest(module.LIGHT))
    return module


def test_a_python_of_2016_can_read_it_as_far_as_the_refusal():
    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 6))
    refusal = next(n for n, node in enumerate(tree.body) if isinstance(node, ast.If))
    before = tree.body[1:refusal]
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in before)
    assert "__future__" not in {getattr(node, "module", "") for node in before}


def test_a_whole_installation_is_left_alone(setup: ModuleType):
    assert setup._is_in(setup.LIGHT)
    assert not setup._is_in(setup.FULL)


def test_what_was_cut_short_is_not_taken_for_whole(setup: ModuleType):
    setup.UNFINISHED.touch()
    assert not setup._is_in(setup.LIGHT)


def test_an_installation_whose_python_is_gone_is_not_taken_for_whole(setup: ModuleType):
    (setup.BIN / "python").unlink()
    assert not setup._is_in(setup.LIGHT)


def test_a_failed_addition_leaves_a_whole_installation_whole(setup: ModuleType, monkeypatch):
    (setup.BIN / "uv").touch()
    monkeypatch.setattr(setup, "_run", lambda *_: False)
    with pytest.raises(SystemExit, match="Installing failed"):
        setup.main([setup.LIGHT, setup.FULL])
    assert setup._is_in(setup.LIGHT)

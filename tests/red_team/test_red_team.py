"""Every fault is survived and every cheat is caught or harmless; `make trust` prints the same."""

import pytest

from harness.sandbox import landlock

from .mishaps import MISHAPS
from .ring import Ring
from .trials import HERE, TRIALS

pytestmark = [
    pytest.mark.xdist_group("red_team"),
    pytest.mark.skipif(
        landlock() < 6, reason="the kernel's Landlock is absent, or too old to keep signals inside"
    ),
]


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    with Ring(tmp_path_factory.mktemp("ring")) as ring:
        yield ring


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_it_is_survived_and_told(trial, ring):
    assert trial.judge(ring.run(trial)) == []


@pytest.mark.parametrize("mishap", MISHAPS, ids=lambda mishap: mishap.__name__)
def test_it_harms_nothing(mishap, tmp_path):
    happened, right = mishap(tmp_path)
    assert right, happened


def test_every_plugin_is_tried():
    files = {path for folder in ("faults", "cheats") for path in (HERE / folder).glob("*.py")}
    assert files == {trial.file for trial in TRIALS} | {HERE / "cheats" / "patches_the_kit.py"}

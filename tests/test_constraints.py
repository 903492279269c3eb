"""Every package that an installation brings is pinned with its hashes, torch's own apart."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKED = (ROOT / "constraints.txt").read_text()
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCKED, re.M))
ENVIRONMENT = default_environment() | {"extra": ""}


def asked(name):
    """The requirements that a file names itself."""
    lines = (ROOT / name).read_text().splitlines()
    plain = [line.split("#")[0].strip() for line in lines]
    return [Requirement(line) for line in plain if line and not line.startswith("-")]


def brought(requirement, seen):
    """Adds what comes along, but for torch and what comes along with it alone."""
    name = canonicalize_name(requirement.name)
    wanted = requirement.marker is None or requirement.marker.evaluate(ENVIRONMENT)
    if name == "torch" or name in seen or not wanted:
        return seen
    seen.add(name)
    for other in metadata.requires(name) or []:
        brought(Requirement(other), seen)
    return seen


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_versions_that_are_asked_for_are_the_locked_ones(name):
    for requirement in asked(name):
        if requirement.name != "torch":
            locked = PINS[canonicalize_name(requirement.name)]
            assert str(requirement.specifier) == f"=={locked}", requirement


def test_whatever_comes_along_is_locked():
    every = asked("requirements.txt") + asked("requirements-dev.txt")
    seen = set()
    for requirement in every:
        brought(requirement, seen)
    assert len(seen) > len(every)
    assert seen <= set(PINS), seen - set(PINS)


def test_each_pin_has_hashes_and_nothing_names_a_host():
    blocks = re.split(r"\n(?=[a-z0-9-]+==)", LOCKED)[1:]
    assert len(blocks) == len(PINS)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)
    assert "torch" not in PINS  # built differently for every kind of device
    assert not re.search(r"https?:|index-url|find-links|trusted-host", LOCKED)

"""One wrong line, planted in a copy of the tree and met by the tests that mirror its module."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from enum import Enum
from functools import cache
from pathlib import Path

from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator

from tests.mutation.mutants import Mutant

_LEFT_OUT = shutil.ignore_patterns(".git", "runs", "docs", "__pycache__", "checkpoints", ".*_cache")
_SLOWER = 4  # times as long as the right code: a loop that does not end
_AT_LEAST = 60.0  # seconds before a mutant is stopped


class Outcome(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNTESTED = "untested"  # no test mirrors its module


def begin(root: Path) -> None:
    """Makes this process's own copy of the tree, goes there, and imports what all tests need."""
    copy = Path(tempfile.mkdtemp(prefix="mutants-")) / "tree"
    shutil.copytree(root, copy, ignore=_LEFT_OUT)
    (copy / "checkpoints").symlink_to(root / "checkpoints")
    os.chdir(copy)
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    here = [str(copy)]
    sys.path[:] = here + [p for p in sys.path if p and Path(p).resolve() != root]
    for name in ("pytest", "torch", "pyro", "pyro.infer", "scipy.stats", "sklearn.linear_model"):
        __import__(name)


def tried(mutant: Mutant) -> tuple[Mutant, Outcome, float]:
    """The mutant, what became of it, and in how many seconds."""
    tests = mirror(mutant.module)
    if not tests:
        return mutant, Outcome.UNTESTED, 0.0
    limit = max(_AT_LEAST, _SLOWER * _usual(tests))
    operator = get_operator(f"core/{mutant.operator}")()
    clock = time.monotonic()
    with use_mutation(Path(mutant.module), operator, mutant.occurrence):
        passed = _passes(tests, limit)
    outcome = Outcome.SURVIVED if passed else Outcome.KILLED
    return mutant, outcome, time.monotonic() - clock


@cache
def mirror(module: str) -> tuple[str, ...]:
    """The tests of a module: of its own name first, then those of its folder that import it.

    Where there are none, those of any folder that import it.
    """
    path = Path(module)
    folder, dotted = Path("tests") / path.parts[1], ".".join(path.with_suffix("").parts)
    own = [one for one in [folder / f"test_{path.stem}.py"] if one.is_file()]
    beside = [p for p in sorted(folder.glob("test_*.py")) if _imports(p, dotted) and p not in own]
    if own or beside:
        return tuple(map(str, [*own, *beside]))
    slow = {"browser", "ui", "benchmarks"}
    tests = [p for p in sorted(Path("tests").rglob("test_*.py")) if p.parts[1] not in slow]
    return tuple(str(p) for p in tests if _imports(p, dotted))


def _imports(test: Path, dotted: str) -> bool:
    package, _, name = dotted.rpartition(".")
    text = test.read_text()
    return f"{dotted} " in text or f"{dotted}." in text or f"from {package} import {name}\n" in text


@cache
def _usual(tests: tuple[str, ...]) -> float:
    """Seconds that they take with the right code, which they pass."""
    clock = time.monotonic()
    if not _passes(tests, 3_600):
        raise RuntimeError(f"With no wrong line planted, {' '.join(tests)} fail.")
    return time.monotonic() - clock


def _passes(tests: tuple[str, ...], limit: float) -> bool:
    """Whether all of them pass in time, in a process of their own."""
    child = os.fork()
    if not child:
        _run(tests)
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run(tests: tuple[str, ...]) -> None:
    """Never returns."""
    import pytest

    os.setpgid(0, 0)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    for name in list(sys.modules):
        if name.split(".")[0] in ("tests", "causal_explorer"):
            del sys.modules[name]
    try:
        code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests]))
    except BaseException:  # a mutant may raise anything, also while it is imported
        code = 1
    os._exit(code)

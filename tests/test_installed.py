"""`pip install .` brings what a script needs, wherever it runs."""

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.data import dsprites
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.script import python_lines
from tests.ui.small import HEART, NAMES

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "requirements.txt")
SPRITE = tuple(zip(NAMES, HEART, strict=True))
TOLD = Question("scm-vae", "chain", SPRITE, (("shape", 0), ("posX", 31)), 50, 7, "gumbel")
BITS = np.packbits(dsprites.render(np.array([HEART]))[0]).tobytes()
QUESTIONS = {"told": TOLD, "shown": replace(TOLD, evidence="upload", upload=BITS)}


def run(*command, cwd):
    """What a process prints that knows neither the repository nor the user's own settings."""
    hidden = ("PYTHONPATH", "CAUSAL_EXPLORER_CACHE")
    own = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of a fresh environment into which the wheel alone was installed."""
    folder = tmp_path_factory.mktemp("installed")
    copy = folder / "source"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy)
    for name in ("causal_explorer", "train", "checkpoints"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    offline = ("--no-deps", "--no-index", "-q")
    run(*pip, "wheel", *offline, "--no-build-isolation", "-w", folder, copy, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    shutil.rmtree(copy)
    venv.create(folder / "venv")
    found = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(*pip, "--python", found, "install", *offline, wheel, cwd=folder)
    site = run(found, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    packages = Path(np.__file__).parents[1]  # what the library imports, as it is here
    (Path(site.strip()) / "dependencies.pth").write_text(f"{packages}\n")
    return found


@pytest.mark.parametrize("kind", QUESTIONS)
def test_an_exported_script_runs_outside_the_repository(kind, python, tmp_path):
    question = QUESTIONS[kind]
    script = tmp_path / "exported.py"
    script.write_text(python_lines(question, dsprites.FACTORS), encoding="utf-8")
    answer = question.ask(ce.load("scm-vae").with_story("chain"))
    assert run(python, script, cwd=tmp_path) == f"{answer.l1} {answer.iou}\n"


def test_every_shipped_checkpoint_opens_there(python, tmp_path):
    lines = (
        "import causal_explorer as ce; from causal_explorer import checkpoint as c; "
        "print(ce.__file__); print(*c.shipped()); [ce.load(name) for name in c.shipped_models()]"
    )
    where, names = run(python, "-c", lines, cwd=tmp_path).splitlines()
    assert not Path(where).is_relative_to(ROOT)
    assert names.split() == checkpoint.shipped()

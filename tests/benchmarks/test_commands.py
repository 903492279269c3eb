"""Every command of README and docs runs to its end, in its quick form."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = ("python", "torchrun", "pip", "streamlit", "pytest", "tensorboard")
SHORT = ["train.steps=2", "train.save_every=2", "train.validate_every=2", "train.log_every=1"]
ELSEWHERE = {  # the first words of what is not run here, and why
    "pip install": "an installation: .ci/run begins with it",
    "streamlit run": "the app: tests/browser starts it",
    "pytest": "the tests themselves",
    "tensorboard": "shows runs until it is stopped",
}
PLACEHOLDERS = ("=folder", "=N", "=M", "HOST", "CHECKPOINT")  # words for the reader to fill in


def commands():
    """Each command once, in the order of the pages: in a fenced block, or between backticks."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```bash\n(.*?)^```", text, re.M | re.S)
        lines = [line.split(" #")[0] for block in blocks for line in block.splitlines()]
        lines += re.findall(r"^    (\S.*)$", text, re.M)
        plain = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", plain)]
        parts = [part.strip() for line in [*lines, *spans] for part in line.split("&&")]
        found += [part for part in parts if _program(part) in PROGRAMS and " " in part]
    return list(dict.fromkeys(found))


def _program(command):
    """Its first word that sets no variable of the environment."""
    words = [word for word in command.split() if not re.match(r"[A-Z_]+=", word)]
    return words[0] if words else ""


def here(command):
    """Whether it is run here."""
    start = " ".join(word for word in command.split() if not re.match(r"[A-Z_]+=", word))
    known = any(start.startswith(words) for words in ELSEWHERE)
    names_it = start == "python -m train"  # the program; to run it takes a config
    return not known and not names_it and not any(word in command for word in PLACEHOLDERS)


def quick(command):
    """Its words, with little to do."""
    words = shlex.split(command)
    settings = [word for one in SHORT for word in ("--set", one)]
    if words[0] == "torchrun":
        launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
        return [*launcher, *words[1:], *settings, "--device", "cpu"]
    if words[1:3] == ["-m", "train"]:
        return [sys.executable, *words[1:], *settings, "--device", "cpu"]
    if words[1:3] == ["-m", "causal_explorer"]:
        return [sys.executable, *words[1:], "--queries", "2"]
    return [sys.executable, *words[1:], "--quick"]


def distinct():
    """Those that differ in their quick form; of --small and all, nothing is left of either."""
    found = [command for command in commands() if here(command)]
    return list({command.replace(" --small", ""): command for command in found}.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of all of them."""
    return tmp_path_factory.mktemp("commands")


@pytest.mark.parametrize("command", distinct())
def test_it_runs_to_its_end(command, folder, cache):
    """In a folder of its own, but that --resume goes on in the one of the same --out."""
    out = re.search(r"--out (\S+)", command)
    folder = folder / re.sub(r"\W+", "-", out[1] if out else command)
    folder.mkdir(exist_ok=True)
    apart = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CAUSAL_EXPLORER_CACHE": cache}
    done = subprocess.run(
        quick(command), cwd=folder, env=os.environ | apart, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert "Traceback" not in done.stderr
    assert done.stdout


def test_the_commands_of_the_figures_are_among_them():
    """If they are written in a way that is not read here, this says so."""
    found = [command for command in commands() if here(command)]
    assert "python -m benchmarks --small" in found
    assert "python -m benchmarks.models" in found
    assert "python -m causal_explorer check scm-vae" in found
    assert "python -m train scm-vae" in found
    assert not [command for command in found if "tests." in command]

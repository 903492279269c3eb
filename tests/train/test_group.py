"""Two processes under torchrun, and runs that are killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import causal_explorer as ce
from train.group import Group

ROOT = Path(__file__).parents[2]
QUICK = [
    *("--set", "train.steps=40", "--set", "train.batch=64", "--set", "train.log_every=5"),
    *("--set", "train.validate_every=40", "--set", "train.save_every=5"),
    *("--set", "network.harmonics=[3,3,3]", "--device", "cpu"),
]
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]

pytestmark = pytest.mark.usefixtures("cache")


def start(folder, *options, launcher=()):
    command = [sys.executable, *launcher, "-m", "train", "scm-vae", *QUICK, "--out", str(folder)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process):
    output, _ = process.communicate(timeout=180)
    assert process.returncode == 0, output
    return output


def curve(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def wait_for(path, process):
    for _ in range(1_200):
        if path.exists():
            return
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    raise AssertionError(f"{path} did not come within a minute")


@pytest.fixture(scope="module")
def alone(tmp_path_factory, cache):
    folder = tmp_path_factory.mktemp("alone")
    finish(start(folder))
    return folder


def test_shares_do_not_overlap_and_miss_nothing():
    lot = torch.arange(12)
    shares = [Group(rank, 3, torch.device("cpu")).share(lot) for rank in range(3)]
    assert torch.cat(shares).sort().values.equal(lot)
    with pytest.raises(ValueError, match=r"train.batch is 12: 5 processes take a multiple of 5"):
        Group(0, 5, torch.device("cpu")).share(lot)


def test_two_processes_give_the_curve_of_one(alone, tmp_path):
    """The same global batches; only the draws of z differ, worth well under a nat in 100."""
    finish(start(tmp_path, launcher=TORCHRUN))
    one, two = curve(alone), curve(tmp_path)
    assert [line["step"] for line in two] == [line["step"] for line in one]
    for first, second in zip(one, two, strict=True):
        assert second["train_loss"] == pytest.approx(first["train_loss"], rel=0.01)
    assert ce.load(tmp_path / "scm-vae").checkpoint.metrics["processes"] == 2


def test_kill_9_loses_at_most_one_interval(alone, tmp_path):
    process = start(tmp_path)
    wait_for(tmp_path / "state.pt", process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    finish(start(tmp_path, "--resume"))
    ours = ce.load(tmp_path / "scm-vae").checkpoint.model.state_dict()
    theirs = ce.load(alone / "scm-vae").checkpoint.model.state_dict()
    assert all(ours[key].equal(theirs[key]) for key in theirs)
    history = (tmp_path / "scm-vae/history.jsonl").read_text()
    strip = lambda text: [json.loads(line) | {"seconds": 0} for line in text.splitlines()]  # noqa: E731
    assert strip(history) == strip((alone / "scm-vae/history.jsonl").read_text())


def test_a_stopped_run_says_how_to_go_on(tmp_path):
    process = start(tmp_path)
    wait_for(tmp_path / "state.pt", process)
    process.terminate()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume continues from the last save" in output
    assert "Traceback" not in output


def test_a_killed_worker_ends_the_run_in_words_and_leaves_a_checkpoint(tmp_path):
    process = start(tmp_path, "--set", "train.steps=100000", launcher=TORCHRUN)
    wait_for(tmp_path / "scm-vae/SHA256SUMS", process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[-1]), signal.SIGKILL)
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "--resume continues from the last save" in output
    left = ce.load(tmp_path / "scm-vae").checkpoint
    assert "Unfinished" in left.card
    assert left.metrics["step"] % 5 == 0

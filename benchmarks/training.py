"""Training: images a second and seconds to a loss, beside the original recipe's networks."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.effort import Effort
from benchmarks.original import EPOCHS, IMAGES
from benchmarks.table import Row, spread, timed
from causal_explorer.data import splits
from train.config import read_config
from train.group import Group
from train.loop import Run

_LOOK = 20  # steps between looks at the validation loss


def training(device: torch.device, effort: Effort) -> Iterator[Row]:
    """Times single steps, then trains to some losses."""
    with tempfile.TemporaryDirectory() as scratch:
        wide = _run("scm-vae-mlp", Path(scratch) / "original", device, "network.hidden=1000")
        theirs = _images_a_second(wide, effort.steps)
        ours = _images_a_second(_run("scm-vae", Path(scratch) / "ours", device), effort.steps)
        fresh = _run("scm-vae", Path(scratch) / "fresh", device)
        seconds = 0.0
        reached = {}
        for nats in effort.nats:
            seconds += _seconds_to(fresh, nats)
            reached[nats] = seconds
    ratio = statistics.median(ours) / statistics.median(theirs)
    yield Row(
        "training",
        spread(ours, "images/s", 0),
        spread(theirs, "images/s", 0),
        f"{ratio:.1f}",
    )
    first, *lower = effort.nats
    extrapolated = EPOCHS * IMAGES / statistics.median(theirs)
    yield Row(
        f"training to {first} nats",
        f"{reached[first]:.1f} s, held out",
        f"{extrapolated:,.0f} s on training images, extrapolated from its {EPOCHS} epochs",
        f"{extrapolated / reached[first]:,.0f}",
    )
    for nats in lower:
        yield Row(f"training to {nats} nats, held out", f"{reached[nats]:.0f} s")


def scaling(effort: Effort) -> Iterator[Row]:
    """One and two processes of one thread each, under torchrun, on the same global batches."""
    speeds = {}
    for processes in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            command = [
                *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
                *(f"--nproc-per-node={processes}", "-m", "train", "scm-vae", "--device", "cpu"),
                *("--out", folder, "--set", f"train.steps={effort.group}"),
                *("--set", f"train.save_every={effort.group}"),
                *("--set", f"train.log_every={effort.group // 4}"),
            ]
            threads = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
            subprocess.run(command, check=True, capture_output=True, env=os.environ | threads)
            log = (Path(folder) / "metrics.jsonl").read_text().splitlines()
        first, last = json.loads(log[0]), json.loads(log[-1])
        span = last["seconds"] - first["seconds"]
        speeds[processes] = (last["images"] - first["images"]) / span
        yield Row(
            f"training, {processes} process{'es' * (processes > 1)} of 1 thread",
            f"{speeds[processes]:,.0f} images/s",
            ratio=f"{speeds[processes] / speeds[1]:.2f} of one process",
        )


def _run(name: str, folder: Path, device: torch.device, *overrides: str) -> Run:
    return Run(read_config(name, list(overrides)), Group(0, 1, device), folder)


def _images_a_second(run: Run, steps: int) -> list[float]:
    """Of each step, after a quarter as many for warming up."""
    rows, speeds = torch.from_numpy(splits.rows("train")), []
    for _ in range(steps + steps // 4):
        seconds, _ = timed(lambda: float(run._step(rows)))  # the loss is there: the step is done
        speeds.append(run.config.train.batch / seconds)
    return speeds[steps // 4 :]


def _seconds_to(run: Run, nats: float) -> float:
    """Training time until the validation loss is at or below `nats`; looks are not counted."""
    rows, seconds = torch.from_numpy(splits.rows("train")), 0.0
    while True:
        start = time.perf_counter()
        for _ in range(_LOOK):
            run._step(rows)
            run.state.step += 1
        if run.group.device.type == "cuda":
            torch.cuda.synchronize()
        seconds += time.perf_counter() - start
        if run.evaluate("validation", 2_048).loss <= nats:
            return seconds

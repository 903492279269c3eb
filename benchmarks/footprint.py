"""The data set's store, and what training and a loaded explorer hold in memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.effort import Effort
from benchmarks.table import Row, spread, timed
from causal_explorer.data.store import open_store

_PEAK = "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"  # KiB, Linux
_TORCH = "import torch"
_LOADED = "import causal_explorer as ce; ce.load('scm-vae')"
_TRAINING = """
import sys
from train.__main__ import main
main(['scm-vae', '--device', 'cpu', '--out', sys.argv[1], '--set', f'train.steps={sys.argv[2]}'])
"""


def footprint(effort: Effort) -> Iterator[Row]:
    """Builds a store of its own, and measures memory in processes of their own."""
    with tempfile.TemporaryDirectory() as folder:
        built, _ = timed(lambda: open_store(Path(folder), progress=False))
        opened = [timed(lambda: open_store(Path(folder)))[0] for _ in range(5)]
        yield Row("drawing all 737,280 pictures into the store", f"{built:.1f} s")
        yield Row("opening and verifying the store", spread([1e3 * s for s in opened], "ms", 0))
        alone, loaded = _peak(_TORCH), _peak(_LOADED)
        yield Row("a loaded explorer, above torch itself", f"{loaded - alone:.0f} MB")
        peak = _peak(_TRAINING, folder, str(effort.run))
        yield Row("training on the CPU, peak", f"{peak:,.0f} MB", "12,000 MB")


def _peak(program: str, *arguments: str) -> float:
    """MB that a Python program holds at most."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{_PEAK}", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1]) / 1024

#!/usr/bin/env bash
# Version: TensorBoard 2.21.0, its Python reader when an event file that it has read is deleted.
# Expected: a run has two event files, one for each time it was started. The first is deleted (old
#   logs tidied up) while a reader watches the folder. The reader goes on with the second file: a
#   new reader does, and Reload is documented to load all events added since the last call.
# Observed: Reload returns without an error and never reads the second file, however often it is
#   called: it tries the lost file first each time and gives up quietly.
# Why it matters: a page that follows a training with EventAccumulator freezes at the last old
#   point and looks like a training that hangs.
# Output:
#   the reader, five reloads: [[1], [1], [1], [1], [1]]
#   a new reader: [2]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile tensorboard==2.21.0 tensorboard-data-server==0.7.2 numpy==2.2.6 setuptools==80.9.0 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import tempfile
import time
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter

logs = tempfile.mkdtemp(dir=".")
with SummaryWriter(logs, filename_suffix=".first") as writer:
    writer.add_scalar("loss", 1.0, 1)
reader = EventAccumulator(logs).Reload()
time.sleep(1.1)  # files are read in the order of the second in their name
with SummaryWriter(logs, filename_suffix=".second") as writer:
    writer.add_scalar("loss", 2.0, 2)
next(Path(logs).glob("*.first")).unlink()
seen = []
for turn in range(5):
    seen.append([event.step for event in reader.Reload().Scalars("loss")])
new = [event.step for event in EventAccumulator(logs).Reload().Scalars("loss")]
print("the reader, five reloads:", seen)
print("a new reader:", new)
assert seen == [[1]] * 5 and new == [2], "no longer so"
PY

#!/usr/bin/env bash
# Version: TensorBoard 2.21.0 with its data server 0.7.2, a run that resumes with purge_step.
# Expected: ten steps are logged (0 to 9), the run dies, and resumes from a checkpoint of step 5
#   that logs next at step 12. SummaryWriter(purge_step=5) promises that "any events whose
#   global_step larger or equal to T will be purged and hidden from TensorBoard", and its
#   EventAccumulator does so: 0 to 4, 12.
# Observed: the data server, the default reader of `tensorboard --logdir`, shows 0 to 9 and 12. It
#   does not act on the session start record that carries purge_step; it drops points only when the
#   next one of that tag goes back in time.
# Why it matters: the loss curve keeps work that was thrown away, most of all for figures that are
#   logged rarely (validation), where the first new step is later than the last old one.
# Output:
#   purge_step=5, next step 12
#   Python reader: [0, 1, 2, 3, 4, 12]
#   data server:   [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile tensorboard==2.21.0 tensorboard-data-server==0.7.2 numpy==2.2.6 setuptools==80.9.0 torch==2.13.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import tempfile
import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.context import RequestContext
from tensorboard.data.provider import RunTagFilter
from tensorboard.data.server_ingester import SubprocessServerDataIngester, get_server_binary
from tensorboard.util.grpc_util import ChannelCredsType
from torch.utils.tensorboard import SummaryWriter

logs = tempfile.mkdtemp(dir=".")
with SummaryWriter(f"{logs}/run", filename_suffix=".first") as writer:
    for step in range(10):
        writer.add_scalar("loss", 100 + step, step)
time.sleep(1.1)  # files are read in the order of the second in their name
with SummaryWriter(f"{logs}/run", purge_step=5, filename_suffix=".resumed") as writer:
    writer.add_scalar("loss", 212, 12)

python = [event.step for event in EventAccumulator(f"{logs}/run").Reload().Scalars("loss")]
server = SubprocessServerDataIngester(
    server_binary=get_server_binary(), logdir=logs, reload_interval=1,
    channel_creds_type=ChannelCredsType.LOCAL, samples_per_plugin=None, extra_flags=None,
)
server.start()
asked = {"experiment_id": "", "plugin_name": "scalars", "downsample": 1000}
steps = []
for _ in range(60):
    read = server.data_provider.read_scalars(
        RequestContext(), run_tag_filter=RunTagFilter(["run"], ["loss"]), **asked
    )
    steps = [point.step for point in read.get("run", {}).get("loss", [])]
    if 12 in steps:
        break
    time.sleep(0.5)
print("purge_step=5, next step 12")
print("Python reader:", python)
print("data server:  ", steps)
assert python == [0, 1, 2, 3, 4, 12] and steps == [*range(10), 12], "no longer so"
PY

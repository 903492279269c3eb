import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from train.state import RunState, restore, save

ROOT = Path(__file__).parents[2]
CONFIG = {"train": {"steps": 10}}


SMALL_DISK = """
import resource, sys
from pathlib import Path
import torch
from train.state import RunState, save
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
done = RunState(5, 1.5, [], [], torch.Generator())
try:
    save(Path(sys.argv[1]), done, {}, {"model": torch.nn.Linear(100, 100)})
except OSError as error:
    print(error)
"""


def state(step):
    return RunState(step, 1.5, ["line"], [torch.tensor(2.0)], torch.Generator().manual_seed(step))


def test_what_is_saved_is_restored(tmp_path):
    model = torch.nn.Linear(2, 1)
    done = state(5)
    done.reached, done.changes = 0.4, ["before"]
    save(tmp_path / "state.pt", done, CONFIG, {"model": model})
    other = torch.nn.Linear(2, 1)
    found = restore(tmp_path / "state.pt", {"train": {"steps": 20}}, {"model": other})
    assert (found.step, found.seconds, found.history, found.reached) == (5, 1.5, ["line"], 0.4)
    assert [float(loss) for loss in found.pending] == [2.0]
    assert found.generator.get_state().equal(done.generator.get_state())
    assert other.weight.equal(model.weight)
    assert found.changes == ["before", "from step 5 on: train.steps was 10 and is 20"]


def test_a_save_of_before_is_restored(tmp_path):
    """From when neither changes nor how far a run had got were kept."""
    save(tmp_path / "state.pt", state(5), CONFIG, {})
    content = torch.load(tmp_path / "state.pt", weights_only=True)
    del content["reached"], content["changes"]
    torch.save(content, tmp_path / "state.pt")
    found = restore(tmp_path / "state.pt", CONFIG, {})
    assert (found.reached, found.changes) == (0.5, [])


@pytest.mark.parametrize("step", [-1, 11])
def test_a_save_at_no_step_of_its_run_is_damaged(tmp_path, step):
    save(tmp_path / "state.pt", state(step % 100), CONFIG, {})
    content = torch.load(tmp_path / "state.pt", weights_only=True)
    torch.save(content | {"step": step}, tmp_path / "state.pt")
    with pytest.raises(ValueError, match=r"it is damaged, or is no save of this training\.$"):
        restore(tmp_path / "state.pt", CONFIG, {})


def test_a_full_disk_leaves_the_earlier_save(tmp_path):
    """In a process of its own: the limit holds for what pytest prints to a file, too."""
    path = tmp_path / "state.pt"
    path.write_bytes(b"hours of work")
    command = [sys.executable, "-c", SMALL_DISK, str(path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.search(r"state.pt cannot be saved .*: make room, or choose", run.stdout)
    assert [each.name for each in tmp_path.iterdir()] == ["state.pt"]
    assert path.read_bytes() == b"hours of work"

import resource

import pytest
import torch

from train.state import RunState, restore, save

CONFIG = {"train": {"steps": 10}}


@pytest.fixture
def small_disk():
    """No file may be larger than 2,000 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


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


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_leaves_the_earlier_save(tmp_path):
    (tmp_path / "state.pt").write_bytes(b"hours of work")
    large = {"model": torch.nn.Linear(100, 100)}
    with pytest.raises(OSError, match=r"state.pt cannot be saved .*: make room, or choose"):
        save(tmp_path / "state.pt", state(5), CONFIG, large)
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]
    assert (tmp_path / "state.pt").read_bytes() == b"hours of work"

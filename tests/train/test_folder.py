from pathlib import Path

import pytest

from train.folder import make, require_free


@pytest.mark.parametrize("name", ["tensorboard", "state.pt", "metrics.jsonl", "loss.html"])
def test_a_checkpoint_does_not_lie_where_the_run_keeps_its_own(name, tmp_path):
    with pytest.raises(ValueError, match=f"A config cannot be called {name}"):
        require_free(tmp_path, name, resume=False)


def test_nothing_to_resume_is_said_before_anything_is_built(tmp_path):
    with pytest.raises(ValueError, match=r"nothing to resume: .*state.pt does not exist"):
        require_free(tmp_path, "mine", resume=True)


def test_a_folder_that_cannot_be_written_is_refused():
    with pytest.raises(OSError, match=r"^/proc/self cannot be a run's folder: .*another --out"):
        make(Path("/proc/self"))


def test_a_folder_is_left_as_empty_as_it_was(tmp_path):
    make(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []

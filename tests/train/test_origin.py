import subprocess

import pytest
import torch

from train import origin


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git repository with one commit, taken for that of the code."""
    monkeypatch.setattr(origin, "_ROOT", tmp_path.resolve())
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c")
    (tmp_path / "code.py").write_text("x = 1\n")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "one")):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def test_the_commit_is_that_of_a_clean_tree(checkout):
    version = origin.commit()
    assert len(version) == 12
    assert origin.warnings(version) == []


def test_a_tree_with_changes_is_marked_and_warned_of(checkout):
    (checkout / "code.py").write_text("x = 2\n")
    version = origin.commit()
    assert version.endswith("-dirty")
    (said,) = origin.warnings(version)
    assert "changes that are in no commit" in said


def test_the_commit_of_somebody_elses_repository_is_not_ours(checkout, monkeypatch):
    (checkout / "site-packages").mkdir()
    monkeypatch.setattr(origin, "_ROOT", checkout / "site-packages")
    assert origin.commit() == "unknown"
    (said,) = origin.warnings("unknown")
    assert "no git checkout" in said


def test_without_git_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr(origin, "_ROOT", tmp_path)
    assert origin.commit() == "unknown"
    monkeypatch.setenv("PATH", "")
    assert origin.commit() == "unknown"


def test_what_it_ran_on_is_told():
    assert f"torch {torch.__version__}" in origin.versions()
    assert origin.device_name(torch.device("cpu")) == f"CPU, {torch.get_num_threads()} threads"

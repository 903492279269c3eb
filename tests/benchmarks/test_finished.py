from dataclasses import replace

import pytest
import torch

from benchmarks.finished import finished
from train.config import read_config
from train.loop import Run


@pytest.fixture
def recipe():
    """Six steps of CEVAE on a few units, saved after each third."""
    config = read_config("cevae")
    train = replace(config.train, steps=6, save_every=3, validate_every=3, log_every=3)
    return replace(config, data={"name": "treatment", "units": 300}, train=train)


def weights(run):
    return torch.cat([weight.detach().flatten() for weight in run.averaged.parameters()])


def test_a_finished_run_is_taken_as_it_is(recipe, tmp_path):
    first = finished(recipe, tmp_path)
    again = finished(recipe, tmp_path)
    assert again.state.step == 6
    assert torch.equal(weights(first), weights(again))
    assert again.state.history == first.state.history


def test_a_stopped_run_goes_on(recipe, tmp_path, monkeypatch):
    """Stopped after its first save, it ends where one that was never stopped does."""
    whole = finished(recipe, tmp_path / "whole")
    step = Run._step

    def failing(run, rows):
        if run.state.step == 4:
            raise KeyboardInterrupt
        return step(run, rows)

    monkeypatch.setattr(Run, "_step", failing)
    with pytest.raises(KeyboardInterrupt):
        finished(recipe, tmp_path / "stopped")
    monkeypatch.undo()
    assert torch.equal(weights(finished(recipe, tmp_path / "stopped")), weights(whole))


def test_a_run_of_another_recipe_is_refused(recipe, tmp_path):
    finished(recipe, tmp_path)
    other = replace(recipe, train=replace(recipe.train, seed=1))
    with pytest.raises(ValueError, match="another config"):
        finished(other, tmp_path)

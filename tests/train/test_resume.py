from pathlib import Path

import pytest

from train.config import read_config
from train.resume import changes

SAVE = Path("runs/mine/state.pt")
FREE = [
    *("train.steps=50000", "train.log_every=7", "train.validate_every=7", "train.save_every=7"),
    *("train.learning_rate=0.1", "train.hold=0.5", "train.last_rate=0.5"),
    *("train.natural_rate=0.5", "train.clip=3.0"),
]
FIXED = [
    *("train.seed=1", "train.split_seed=1", "train.batch=8", "train.average=0.5"),
    *("train.bf16=true", 'train.natural=["decoder.log"]', "train.rates.encoder=0.1"),
    *('train.sparsity."decoder.outlines"=1', 'train.starts."encoder"=0.5'),
    *("network.latent=4", "model=scm-vae-mlp", "data=pendulum", "data.seed=3"),
]


def config(*sets):
    return read_config("scm-vae", sets).as_dict()


@pytest.mark.parametrize("change", FREE)
def test_how_long_how_often_and_how_fast_may_change(change):
    key, value = change.split("=")
    (said,) = changes(config(), config(change), 10, SAVE)
    assert said.startswith(f"{key} was ")
    assert said.endswith(f" and is {value}")


@pytest.mark.parametrize("change", FIXED)
def test_another_run_is_refused_by_key_and_both_values(change):
    key = change.split("=")[0].replace('"', "")
    key = {"data": "data.name"}.get(key, key)
    with pytest.raises(ValueError, match=rf"saved under another config: .*{key} was .* and is "):
        changes(config(), config(change), 10, SAVE)


def test_all_keys_are_named_and_not_too_many():
    both = "network.latent was 8 and is 4, train.seed was 0 and is 1; resume"
    with pytest.raises(ValueError, match=both):
        changes(config(), config("train.seed=1", "network.latent=4"), 10, SAVE)
    many = [f"network.{key}=9" for key in ("latent", "grid", "hidden", "window")]
    with pytest.raises(ValueError, match=r"latent was 8 and is 9, .* and 1 more; resume"):
        changes(config(), config(*many), 10, SAVE)


def test_the_same_is_no_change():
    assert changes(config(), config(), 10, SAVE) == []
    named = config() | {"data": {"name": "dsprites"}}
    assert changes(config(), named, 10, SAVE) == []
    older = config()
    del older["train"]["epochs"]  # type: ignore[attr-defined]
    assert changes(older, config(), 10, SAVE) == []


def test_a_run_goes_on_and_not_back():
    assert changes(config(), config("train.steps=10"), 10, SAVE)
    with pytest.raises(ValueError, match=r"stands at step 10, past the 9 steps .*: set train.ste"):
        changes(config(), config("train.steps=9"), 10, SAVE)


def test_nothing_is_left_to_train_with_another_rate():
    """It rewrote the config and the card, though no step was made with it."""
    with pytest.raises(ValueError, match=r"where the run ends, .* train.learning_rate was .* too"):
        changes(config(), config("train.learning_rate=0.1"), config()["train"]["steps"], SAVE)
    longer = config("train.learning_rate=0.1", "train.steps=50000")
    assert len(changes(config(), longer, config()["train"]["steps"], SAVE)) == 2
    assert changes(config(), config(), config()["train"]["steps"], SAVE) == []

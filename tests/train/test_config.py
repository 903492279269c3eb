import json
from pathlib import Path

import pytest

from causal_explorer import checkpoint
from train.config import CONFIGS, TrainConfig, read_config


def test_the_shipped_config_is_read():
    config = read_config("scm-vae")
    assert (config.id, config.model, config.data) == ("scm-vae", "scm-vae", "dsprites")
    assert config.train.rates["encoder"] == 0.5
    assert set(config.as_dict()) == {"data", "model", "network", "train"}


def test_a_path_is_a_config_too(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text((CONFIGS / "scm-vae.toml").read_text())
    assert read_config(str(path)).id == "mine"


def test_overrides_win_and_are_typed():
    config = read_config(
        "scm-vae", ["train.steps=7", "train.learning_rate=1e-3", "network.latent=2", "data=other"]
    )
    assert config.train.steps == 7
    assert config.train.learning_rate == 1e-3
    assert config.network["latent"] == 2
    assert config.data == "other"


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        (
            "train.stps=7",
            "unknown key stps: it takes average, batch, bf16, clip, epochs, hold, last_rate",
        ),
        ("colour=1", "unknown key colour"),
        ("train.steps", "not of the form key=value"),
        ("train.steps=many", "train.steps is 'many': it takes a whole number above 0"),
        ("train.steps=1.5", "train.steps is 1.5: it takes a whole number above 0"),
        ("train.steps=true", "train.steps is True"),
        ("train.steps=0", "train.steps is 0: it takes a whole number above 0"),
        ("train.learning_rate=-1", "it takes a number above 0"),
        ("train.learning_rate=nan", "train.learning_rate is nan: it takes a number above 0"),
        ("train.rates.encoder=fast", "train.rates.encoder is 'fast'"),
        ("train=3", "train is 3: it is a section"),
        ("model.size=3", "model is not a section"),
        ("network=3", "network is 3: it is a section"),
        ("train.average=1.0", "train.average is 1.0: it takes a number from 0, 0.999999 at"),
        ("train.last_rate=0", "train.last_rate is 0: it takes a number above 0"),
        ("train.hold=-1", "train.hold is -1: it takes a number from 0"),
        ("train.sparsity.encoder=-1", "train.sparsity.encoder is -1: it takes a number from 0"),
        ("train.starts.encoder=2.0", "train.starts.encoder is 2.0: it takes a number from 0, 1.0"),
        ("train.natural=decoder", "train.natural is 'decoder': it is a list of names"),
        ("train.natural=[3]", "train.natural is .3.: it is a list of names"),
    ],
)
def test_bad_overrides_are_refused_in_one_sentence(override, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_config("scm-vae", [override])


def test_bad_files_are_refused(tmp_path):
    with pytest.raises(
        ValueError, match="no config 'nope': it takes a TOML file or one of .*scm-vae"
    ):
        read_config("nope")
    path = tmp_path / "broken.toml"
    path.write_text("model = ")
    with pytest.raises(ValueError, match="is not TOML"):
        read_config(str(path))
    path.write_text('model = "scm-vae"')
    with pytest.raises(ValueError, match="lacks data"):
        read_config(str(path))


def test_defaults_are_the_shipped_recipe():
    shipped = read_config("scm-vae").train
    defaults = TrainConfig(
        rates=shipped.rates,
        sparsity=shipped.sparsity,
        natural=shipped.natural,
        starts=shipped.starts,
    )
    assert defaults == shipped


def test_every_config_is_readable():
    for path in Path(CONFIGS).glob("*.toml"):
        assert read_config(path.stem).id == path.stem


@pytest.mark.parametrize("name", checkpoint.shipped())
def test_the_recipe_is_the_one_that_the_checkpoint_was_trained_by(name):
    kept = json.loads((checkpoint.find(name) / "config.json").read_text())
    recipe = read_config(name).as_dict()
    assert {**recipe, "train": None} == {**kept, "train": None}
    assert {key: recipe["train"][key] for key in kept["train"]} == kept["train"]
    later = [value for key, value in recipe["train"].items() if key not in kept["train"]]
    assert not any(later), "a setting that the run did not know is off"

import pytest

from train.config import CONFIGS, read_config
from train.recipe import TrainConfig


@pytest.mark.parametrize("name", sorted(path.stem for path in CONFIGS.glob("*.toml")))
def test_epochs_take_the_place_of_the_steps_of_every_shipped_config(name):
    recipe = read_config(name, ["train.epochs=10", "train.batch=100"]).train
    assert recipe.epochs == 10
    assert recipe.of_length(1_000).steps == 100


@pytest.mark.parametrize(
    ("epochs", "images", "batch", "steps"),
    [(10, 1_000, 100, 100), (1, 590_324, 256, 2_306), (0.5, 1_000, 100, 5), (0.001, 10, 100, 1)],
)
def test_an_epoch_is_as_many_pictures_as_there_are(epochs, images, batch, steps):
    recipe = TrainConfig(epochs=epochs, batch=batch)
    assert recipe.of_length(images).steps == steps, "the last batch is whole"


def test_without_epochs_a_run_is_as_long_as_its_steps():
    assert TrainConfig(steps=7).of_length(1_000) == TrainConfig(steps=7)


def test_steps_take_the_place_of_the_epochs_of_a_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('model = "scm-vae"\ndata = "dsprites"\n[train]\nepochs = 3\n')
    assert read_config(str(path)).train.epochs == 3
    recipe = read_config(str(path), ["train.steps=7"]).train
    assert (recipe.steps, recipe.epochs) == (7, None)
    path.write_text('model = "scm-vae"\ndata = "dsprites"\n[train]\nepochs = 3\nsteps = 2\n')
    with pytest.raises(ValueError, match=r"both steps and epochs: a run takes one of the two\.$"):
        read_config(str(path))
    assert read_config(str(path), ["train.epochs=5"]).train.epochs == 5


@pytest.mark.parametrize(
    "sets", [["train.epochs=1", "train.steps=2"], ["train={epochs=1, steps=2}"]]
)
def test_steps_and_epochs_at_once_are_refused(sets):
    with pytest.raises(ValueError, match=r"both set: a run takes one of the two\.$"):
        read_config("scm-vae", sets)


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "ten", "true", "[3]"])
def test_what_is_no_number_of_epochs_is_refused(value):
    with pytest.raises(ValueError, match=r"train.epochs is .*: it takes a number above 0"):
        read_config("scm-vae", [f"train.epochs={value}"])

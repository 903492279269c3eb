import pytest

from train.config import CONFIGS, read_config

FACES = """
model = "intact-vae"
[data]
name = "faces"
rho = 0.9
units = 400
[network]
latent = 4
[train]
steps = 7
[train.rates]
encoder = 0.5
"""


@pytest.fixture
def faces(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(FACES)
    return str(path)


@pytest.mark.parametrize(
    ("sets", "data"),
    [
        (['data={name="celeba", folder="f"}'], {"name": "celeba", "folder": "f"}),
        (["data=celeba", "data.folder=/a/b c"], {"name": "celeba", "folder": "/a/b c"}),
        (["data.name=celeba", "data.folder=f"], {"name": "celeba", "folder": "f"}),
        (["data.folder=f", "data.name=celeba"], {"name": "celeba", "folder": "f"}),
        (["data.folder=f", "data=celeba"], {"name": "celeba", "folder": "f"}),
        (["data=pendulum"], "pendulum"),
        (['data={name="faces", rho=0.1}'], {"name": "faces", "rho": 0.1}),
        (["data={rho=0.1}"], {"name": "faces", "rho": 0.1}),
        (["data.rho=0.1"], {"name": "faces", "rho": 0.1, "units": 400}),
        (["data.name=faces"], {"name": "faces", "rho": 0.9, "units": 400}),
    ],
)
def test_another_data_set_comes_without_the_settings_of_the_old_one(faces, sets, data):
    assert read_config(faces, sets).data == data


@pytest.mark.parametrize("name", sorted(path.stem for path in CONFIGS.glob("*.toml")))
def test_every_shipped_config_takes_another_data_set(name):
    both = read_config(name, ['data={name="celeba", folder="f"}']).data
    assert both == {"name": "celeba", "folder": "f"}
    kept = read_config(name).data
    own = kept if isinstance(kept, dict) else {"name": kept}
    assert read_config(name, ['data.folder="f"']).data == own | {"folder": "f"}


def test_another_model_comes_without_the_network_of_the_old_one():
    other = read_config("scm-vae", ["network.hidden=64", "model=scm-vae-mlp"])
    assert (other.model, other.network) == ("scm-vae-mlp", {"hidden": 64})
    same = read_config("scm-vae", ["model=scm-vae"])
    assert same.network == read_config("scm-vae").network


def test_a_table_sets_what_it_names_and_a_setting_is_replaced_whole(faces):
    config = read_config(faces, ["train={batch=8}", "network={latent=2}"])
    assert (config.train.steps, config.train.batch, config.network) == (7, 8, {"latent": 2})
    assert config.train.rates == {"encoder": 0.5}
    assert read_config(faces, ["train.rates={}"]).train.rates == {}
    assert read_config(faces, ["train.rates={decoder=2.0}"]).train.rates == {"decoder": 2.0}
    both = read_config(faces, ["train.rates.decoder=2.0"]).train.rates
    assert both == {"encoder": 0.5, "decoder": 2.0}


def test_the_last_of_two_wins(faces):
    assert read_config(faces, ["train.steps=3", "train.steps=5"]).train.steps == 5


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("data.rho.x=1", "rho is not a section"),
        ("train.steps.x=1", "steps is not a section"),
        ("a b=1", "--set 'a b=1': it is not TOML"),
        ("=1", "--set '=1': it is not TOML"),
        ("train.steps=1\n2", "is not of the form key=value"),
    ],
)
def test_what_is_malformed_is_refused(faces, said, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_config(faces, [said])

import shutil

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.__main__ import main
from causal_explorer.data import dsprites
from causal_explorer.data.windows import open_windows
from causal_explorer.inference import doubt
from causal_explorer.inference.doubt import CERTAIN, VAGUE


def test_the_shipped_doubts_bound_the_likelihood_of_any_picture(explorer):
    """-log p(x | v) ≥ 20 d(x, r(v)) - doubt(v), also where the model is most in doubt."""
    rng = np.random.default_rng(0)
    some = dsprites.classes_of(rng.integers(0, dsprites.COUNT, 500))
    worst = np.argsort(explorer.doubts, axis=None)[-500:]
    v = np.concatenate([some, dsprites.classes_of(worst)])
    own = explorer.doubts[tuple(v.T)].astype(float)
    for x in (*dsprites.render(v[::200]), rng.integers(0, 2, (64, 64)).astype(np.uint8)):
        cost = -explorer.world.log_likelihood(
            torch.from_numpy(x).float(), torch.from_numpy(v), torch.Generator()
        ).numpy()
        bound = CERTAIN * open_windows().distances(x)[tuple(v.T)] - own
        assert (cost[own < VAGUE] >= bound[own < VAGUE] - 1e-3 * (1 + cost[own < VAGUE])).all()


def test_the_shipped_doubts_are_what_is_measured(explorer):
    model, dataset = explorer.checkpoint.model, explorer.checkpoint.dataset
    v = torch.from_numpy(np.argwhere(explorer.doubts > 0)[::5_000])
    logits = model.decode(v, torch.zeros(len(v), model.latent)).canvas.double().numpy()
    sign = 2.0 * dataset.render(v.numpy()) - 1
    short = np.maximum(0, CERTAIN - sign * logits).sum((1, 2))
    np.testing.assert_array_equal(explorer.doubts[tuple(v.numpy().T)], np.ceil(short).clip(max=255))


def test_a_model_whose_pictures_read_z_has_no_bound():
    mlp = checkpoint.read("scm-vae-mlp")
    with pytest.raises(ValueError, match="read z"):
        doubt.doubt_of(mlp.model, mlp.dataset)
    assert ce.load("scm-vae-mlp").doubts is None


def test_doubts_of_other_weights_are_not_taken(tmp_path, explorer):
    dataset = explorer.checkpoint.dataset
    (tmp_path / "model.safetensors").write_bytes(b"these weights")
    assert doubt.read(tmp_path, dataset) is None
    doubt.write(tmp_path, explorer.doubts)
    np.testing.assert_array_equal(doubt.read(tmp_path, dataset), explorer.doubts)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    assert doubt.read(tmp_path, dataset) is None


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x10\0\0\0\0\0\0\0{}"])
def test_a_damaged_file_tells_nothing(tmp_path, explorer, content):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "doubt.safetensors").write_bytes(content)
    assert doubt.read(tmp_path, explorer.checkpoint.dataset) is None


def test_the_command_measures_and_keeps_them(tmp_path, monkeypatch, capsys, explorer):
    """Of a part of all combinations here: all take minutes."""
    folder = shutil.copytree(explorer.checkpoint.folder, tmp_path / "mine")
    (folder / "doubt.safetensors").unlink()
    assert ce.load(folder).doubts is None
    asked = []

    def quick(model, dataset, watch):
        asked.append(model)
        return explorer.doubts

    monkeypatch.setattr(doubt, "doubt_of", quick)
    assert main(["doubt", str(folder)]) == 0
    assert str(folder / "doubt.safetensors") in capsys.readouterr().err
    assert type(asked[0]).__name__ == "SCMVAE"
    np.testing.assert_array_equal(ce.load(folder).doubts, explorer.doubts)


def test_the_command_refuses_what_has_no_bound(capsys):
    assert main(["doubt", "scm-vae-mlp"]) == 2
    assert "read z" in capsys.readouterr().err

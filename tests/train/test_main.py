import json

import pytest

import causal_explorer as ce
from train.__main__ import main, pick_device

QUICK = [
    *("--set", "train.steps=12", "--set", "train.batch=32", "--set", "train.log_every=3"),
    *("--set", "train.validate_every=6", "--set", "train.save_every=4"),
    *("--set", "network.harmonics=[3,3,3]", "--device", "cpu"),
]

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, cache):
    folder = tmp_path_factory.mktemp("run")
    assert main(["scm-vae", *QUICK, "--out", str(folder)]) == 0
    return folder


def curve(folder):
    history = (folder / "scm-vae/history.jsonl").read_text()
    lines = [json.loads(line) for line in history.splitlines()]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def test_a_run_writes_a_checkpoint_that_answers(finished):
    explorer = ce.load(finished / "scm-vae")
    sprite = {"shape": 0, "scale": 5, "orientation": 0, "posX": 16, "posY": 16}
    answer = explorer.counterfactual(sprite, do={"shape": "heart"}, samples=10)
    assert answer.density.shape == (64, 64)
    assert explorer.checkpoint.metrics["test"]["images"] > 70_000
    assert "CPU" in explorer.checkpoint.card
    assert str(finished) not in explorer.checkpoint.card, "where a run lies is nobody's business"
    assert (finished / "loss.html").is_file()


def test_the_loss_curve_falls_and_validates(finished):
    lines = curve(finished)
    assert [line["step"] for line in lines] == [3, 6, 9, 12]
    looks = [line for line in lines if "validation_loss" in line]
    assert [line["step"] for line in looks] == [6, 12]
    for look in looks:
        assert look["validation_loss"] == pytest.approx(look["image_nats"] + look["kl_nats"])
    assert lines[-1]["train_loss"] < lines[0]["train_loss"]


def test_resuming_gives_the_same_curve_and_weights(finished, tmp_path, monkeypatch):
    """Stopped in the middle of step 9 and resumed from the save at step 8."""
    from train.loop import Run

    step = Run._step

    def stop(self, rows):
        if self.state.step == 9:
            raise KeyboardInterrupt
        return step(self, rows)

    monkeypatch.setattr(Run, "_step", stop)
    assert main(["scm-vae", *QUICK, "--out", str(tmp_path)]) == 130
    assert "Unfinished" in ce.load(tmp_path / "scm-vae").checkpoint.card
    monkeypatch.setattr(Run, "_step", step)
    assert main(["scm-vae", *QUICK, "--out", str(tmp_path), "--resume"]) == 0
    ours = ce.load(tmp_path / "scm-vae").checkpoint.model.state_dict()
    theirs = ce.load(finished / "scm-vae").checkpoint.model.state_dict()
    assert all(ours[key].equal(theirs[key]) for key in theirs)
    assert curve(tmp_path) == curve(finished)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nope"], "There is no config 'nope'"),
        (["scm-vae", "--set", "train.stps=1"], "unknown key stps"),
        (["scm-vae", "--set", "network.depth=1"], "no setting 'depth'"),
        (["scm-vae", "--set", "model=gan"], "model 'gan' is unknown"),
        (["scm-vae", "--set", "data=mnist"], "data set 'mnist' is unknown"),
        (["scm-vae", "--device", "tpu"], "device='tpu' is unknown"),
        (["scm-vae", "--device", "meta"], "device='meta' is not supported"),
        (["scm-vae", "--resume"], "nothing to resume"),
        (["scm-vae", "--set", "train.rates.brain=2.0"], "names no parameter with brain"),
    ],
)
def test_bad_runs_end_with_one_sentence(arguments, sentence, tmp_path, capsys):
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.startswith("error: ")
    assert error.count("\n") == 1


def test_resuming_another_config_is_refused(finished, capsys):
    assert main(["scm-vae", "--out", str(finished), "--resume", "--device", "cpu"]) == 2
    assert "saved under another config" in capsys.readouterr().err


def test_a_damaged_save_is_refused(tmp_path, capsys):
    (tmp_path / "state.pt").write_bytes(b"half")
    assert main(["scm-vae", *QUICK, "--out", str(tmp_path), "--resume"]) == 2
    assert "cannot be resumed from" in capsys.readouterr().err


def test_cuda_is_picked_where_there_is_one(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto").type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert pick_device("auto").type == "cpu"
    with pytest.raises(ValueError, match="there is no CUDA device"):
        pick_device("cuda")

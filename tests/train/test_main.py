import json
import math
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import causal_explorer as ce
from causal_explorer.data.dataset import dataset_named
from train.__main__ import main, pick_device
from train.config import read_config

ROOT = Path(__file__).resolve().parents[2]
DATA = {"name": "treatment", "units": 300}
TINY = [
    *("--set", "train.steps=6", "--set", 'data={name="treatment", units=300}'),
    *("--set", "train.batch=8", "--set", "train.log_every=3", "--device", "cpu"),
]

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


def outside(*arguments):
    """A Python process of its own."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def curve(folder):
    history = (folder / "scm-vae/history.jsonl").read_text()
    lines = [json.loads(line) for line in history.splitlines()]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def test_a_run_writes_a_checkpoint_that_answers(finished):
    explorer = ce.load(finished / "scm-vae")
    sprite = {"shape": 0, "scale": 5, "orientation": 0, "posX": 16, "posY": 16}
    answer = explorer.counterfactual(sprite, do={"shape": "heart"}, samples=10)
    assert answer.density.shape == (64, 64)
    test = explorer.checkpoint.metrics["test"]
    assert (test["images"], test["held_out"]) == (1_024, 73_485)
    said = "| 1,024 of the 73,485 of the test split, evenly spread, in proportion to a run below"
    assert said in explorer.checkpoint.card
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


def test_resuming_gives_the_same_curve_and_weights(finished, tmp_path, monkeypatch, capsys):
    """Stopped in the middle of step 9 and resumed from the save at step 8."""
    from train.loop import Run

    step = Run._step

    def stop(self, rows):
        if self.state.step == 9:
            raise KeyboardInterrupt
        return step(self, rows)

    monkeypatch.setattr(Run, "_step", stop)
    assert main(["scm-vae", *QUICK, "--out", str(tmp_path)]) == 130
    said = "Stopped at step 9: --resume continues from the last save, at step 8.\n"
    assert capsys.readouterr().err.endswith(said)
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
        (["scm-vae", "--set", "train.step=1"], "the nearest is steps"),
        (["scm-vae", "--set", "steps=1"], "the nearest is train.steps"),
        (["scm-vea"], "the nearest is scm-vae"),
        (["scm-vae", "--set", "network.latnt=3"], "the nearest is latent"),
        (["scm-vae", "--set", "model=scm-vea"], "the nearest is scm-vae"),
        (["scm-vae", "--set", "data=dsprite"], "the nearest is dsprites"),
        (["cevae", "--set", "data.nosie=0.1"], "the nearest is noise"),
        (["scm-vae", "--set", "train.steps=2", "--set", "train.epochs=1"], "are both set"),
        (["scm-vae", "--set", "train.natural=[[[["], "is '[[[[': it is a list of names"),
        (["scm-vae", "--set", "network.latent=[8]"], "latent is [8]: it takes a whole number"),
        (["scm-vae", "--set", "data=[1]"], "The data set [1] is unknown"),
        (["scm-vae", "--set", "data={}", "--set", "data.size=3"], "has no setting 'size'"),
        (["scm-vae", "--set", "model=3"], "The model '3' is unknown"),
        (["scm-vae", "--set", 'train.warm={decoder="nope"}'], "There is no checkpoint 'nope'"),
        (["cevae", "--set", "data.units=10"], "validation"),
        (["no\0such"], "There is no config"),
        (["x" * 5_000], "There is no config"),
        (["."], "There is no config '.'"),
        (["scm-vae", "--colour"], "unrecognized arguments: --colour; see python -m train --help"),
        ([], "the following arguments are required: config"),
    ],
)
@pytest.mark.usefixtures("finished")  # the pictures are drawn by then, which has a bar of its own
def test_bad_runs_end_with_one_sentence(arguments, sentence, tmp_path, capsys):
    assert main([*arguments, "--out", str(tmp_path / "new")]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.startswith("error: ")
    assert error.endswith(".\n")
    assert error.count("\n") == 1
    assert len(error) < 600
    assert not (tmp_path / "new").exists(), "nothing is written"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"model = ", "it is not TOML"),
        (b"\xff\xfe\x00", "cannot be read: "),
        (b"", "lacks model and data"),
        (b'model = "scm-vae"\ndata = "dsprites"\ntrain = 3\n', "train is 3: it is a section"),
        (b'model = "scm-vae"\ndata = "dsprites"\n[trian]\n', "the nearest is train"),
    ],
)
def test_bad_configs_end_with_one_sentence(content, sentence, tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    assert main([str(path), "--out", str(tmp_path / "new")]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_byte_order_mark_is_no_part_of_a_config(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b'\xef\xbb\xbfmodel = "scm-vae"\r\ndata = "dsprites"\r\n')
    assert read_config(str(path)).model == "scm-vae"


@pytest.mark.parametrize("out", ["file", "file/below", "/proc/nowhere"])
def test_a_place_that_cannot_be_written_ends_with_one_sentence(out, tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert main(["cevae", *TINY, "--out", str(tmp_path / out)]) == 2
    error = capsys.readouterr().err
    assert "cannot be a run's folder" in error
    assert error.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(("kilobytes", "said"), [(8, "File too large"), (100, "cannot be saved")])
def test_a_full_disk_ends_with_one_sentence(kilobytes, said, tmp_path):
    """Files may be no larger than that: the log is full first, or the save."""
    limit = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, 2 * ({kilobytes * 1024},));"
    run = "import sys; from train.__main__ import main; sys.exit(main(sys.argv[1:]))"
    long = [*TINY, "--set", "train.steps=60", "--set", "train.log_every=1"]
    found = outside("-c", limit + run, "cevae", *long, "--out", str(tmp_path))
    error = found.stderr.splitlines()[-1]
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
    assert error.startswith("error: ")
    assert said in error
    assert "before the first save: there is nothing to resume" in error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_before_its_first_save_promises_none(number, tmp_path):
    long = [*TINY, "--set", "train.steps=100000", "--set", "train.save_every=100000"]
    command = [sys.executable, "-m", "train", "cevae", *long, "--out", str(tmp_path)]
    run = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    log = tmp_path / "metrics.jsonl"
    while run.poll() is None and not (log.is_file() and log.read_text()):
        time.sleep(0.05)
    run.send_signal(number)
    error = run.communicate()[1]
    assert run.returncode == 130
    assert "Traceback" not in error
    assert re.search(
        r"^Stopped at step [\d,]+, before the first save: there is nothing", error, re.M
    )
    assert "--resume" not in error
    assert main(["cevae", *TINY, "--out", str(tmp_path)]) == 0, "the folder can be used again"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_while_it_loads_says_so(number, tmp_path):
    """The moment it looks for PyTorch."""
    stop = (
        "import os, sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == 'torch': os.kill(os.getpid(), {int(number)})\n"
        "sys.meta_path.insert(0, Stop())\n"
        "from train.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    found = outside("-c", stop, "cevae", *TINY, "--out", str(tmp_path / "new"))
    assert (found.returncode, found.stderr) == (130, "Stopped before training began.\n")
    assert not (tmp_path / "new").exists()


def test_training_needs_nothing_of_the_app(tmp_path):
    """Streamlit, and what is there for the app alone, may be missing."""
    block = (
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'streamlit', 'altair', 'pydeck', 'tornado'}:\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Missing())\n"
        "from train.__main__ import main\n"
        "code = main(sys.argv[1:])\n"
        "assert 'causal_explorer.ui' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    found = outside("-c", block, "cevae", *TINY, "--out", str(tmp_path))
    assert found.returncode == 0, found.stderr
    assert (tmp_path / "cevae" / "card.md").is_file()


def test_epochs_say_how_long_a_run_is(tmp_path, capsys):
    sets = ["--set", "train.epochs=0.25", *TINY[2:]]
    assert main(["cevae", *sets, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    kept = json.loads((tmp_path / "cevae/config.json").read_text())["train"]
    images = len(dataset_named(DATA).open(torch.device("cpu")).rows("train"))
    assert kept["epochs"] == 0.25
    assert kept["steps"] == math.ceil(0.25 * images / 8)
    assert f"epochs of {images:,}" in said.err
    last = json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["epochs"] == pytest.approx(kept["steps"] * 8 / images, abs=1e-6)
    assert f"steps, {last['epochs']:.3g} epochs |" in said.out


def test_a_finished_run_is_made_longer(tmp_path, capsys):
    assert main(["cevae", *TINY, "--out", str(tmp_path)]) == 0
    first = (tmp_path / "metrics.jsonl").read_text()
    longer = [*TINY, "--set", "train.steps=12", "--set", "train.save_every=5"]
    capsys.readouterr()
    assert main(["cevae", *longer, "--out", str(tmp_path), "--resume"]) == 0
    said = capsys.readouterr()
    assert "goes on at step 6; from step 6 on: train.steps was 6 and is 12" in said.err
    assert "The learning rate goes on as in a run of 12 steps, from " in said.err
    log = (tmp_path / "metrics.jsonl").read_text()
    assert log.startswith(first)
    assert json.loads(log.splitlines()[-1])["step"] == 12
    page = (tmp_path / "cevae/card.md").read_text()
    assert "| continued | from step 6 on: train.steps was 6 and is 12 |" in page
    assert "12 of 12 steps" in page
    assert ce.load(tmp_path / "cevae").checkpoint.config["train"]["steps"] == 12
    assert main(["cevae", *TINY, "--out", str(tmp_path), "--resume"]) == 2
    said = "stands at step 12, past the 6 steps that are asked for: set train.steps higher."
    assert said in capsys.readouterr().err


def test_resuming_another_config_is_refused(finished, capsys):
    other = [*QUICK, "--set", "train.seed=3", "--set", "network.latent=4"]
    assert main(["scm-vae", *other, "--out", str(finished), "--resume"]) == 2
    error = capsys.readouterr().err
    assert "saved under another config: network.latent was 8 and is 4" in error
    assert "train.seed was 0 and is 3" in error
    assert error.count("\n") == 1


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

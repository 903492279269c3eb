import codecs
import hashlib
import json
import os
import pickle
import resource
import shutil
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from causal_explorer import checkpoint
from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.recogniser import Recogniser
from causal_explorer.models.registry import build

TRAIN = {"split_seed": 0}
NETWORK = {"latent": 2, "harmonics": [3, 3, 3], "hidden": 8, "window": 32}


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    config = {
        "data": "dsprites",
        "model": "scm-vae",
        "network": NETWORK,
        "train": {"split_seed": 0},
    }
    model = build("scm-vae", dataset_named("dsprites"), NETWORK)
    checkpoint.write(tmp_path / "small", model, config, {"loss": 1.0}, '{"step": 1}\n', "# card\n")
    return tmp_path / "small"


def rewrite(folder, name, change):
    """Alters a file and makes its checksum right again."""
    path = folder / name
    change(path)
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    sums[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text("".join(f"{d}  {n}\n" for n, d in sums.items()))


def edit_config(**changes):
    def change(path):
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def edit_weights(function):
    def change(path):
        weights = load_file(path)
        function(weights)
        save_file(weights, path)

    return change


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "marked"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_an_editor_may_have_saved_the_texts(folder, mark, end):
    def saved(path):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", end) + end)

    for name in ("config.json", "metrics.json", "card.md"):
        rewrite(folder, name, saved)
    saved(folder / "SHA256SUMS")
    opened = checkpoint.read(folder)
    assert opened.card.startswith("# card")
    assert opened.model.state_dict()


def test_what_is_written_is_read(folder):
    opened = checkpoint.read(folder)
    torch.manual_seed(0)
    fresh = build("scm-vae", dataset_named("dsprites"), NETWORK)
    for key, value in fresh.state_dict().items():
        assert opened.model.state_dict()[key].equal(value)
    assert opened.id == "small"
    assert opened.metrics == {"loss": 1.0}
    assert opened.card == "# card\n"
    assert not any(parameter.requires_grad for parameter in opened.model.parameters())


def test_writing_again_replaces_and_leaves_nothing_behind(folder):
    opened = checkpoint.read(folder)
    checkpoint.write(folder, opened.model, opened.config, {"loss": 2.0}, "", "# new\n")
    assert checkpoint.read(folder).metrics == {"loss": 2.0}
    assert [path.name for path in folder.parent.iterdir()] == ["small"]


@pytest.mark.parametrize("name", checkpoint._FILES)
def test_one_flipped_bit_anywhere_is_refused(folder, name):
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ValueError, match=f"{name} does not match its checksum") as error:
        checkpoint.read(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("config.json", edit_config(extra=1), "has the keys data, extra, model"),
        ("config.json", edit_config(network={"depth": 1}), "no setting 'depth'"),
        ("config.json", edit_config(network=[1]), "network"),
        ("config.json", edit_config(model="gan"), "model 'gan' is unknown"),
        ("config.json", edit_config(data=["x"]), "data set .* is unknown"),
        ("config.json", edit_config(network=NETWORK | {"harmonics": [2, 2, 2]}), "overtones|shape"),
        ("config.json", edit_config(train={}), "train.split_seed is None in .*config.json"),
        ("config.json", edit_config(train={"split_seed": [0]}), r"train.split_seed is \[0\]"),
        ("config.json", edit_config(train={"split_seed": "a"}), "train.split_seed is 'a'"),
        ("config.json", edit_config(train={"split_seed": -1}), "a whole number from 0"),
        ("config.json", lambda p: p.write_text("{"), "is not JSON"),
        ("config.json", lambda p: p.write_text("[]"), "holds no JSON object"),
        (
            "model.safetensors",
            edit_weights(lambda w: w.update({"decoder.log_blur": torch.zeros(5)})),
            r"decoder.log_blur in .* is torch.float32 of shape \(5,\).* takes .* \(3,\)",
        ),
        (
            "model.safetensors",
            edit_weights(lambda w: w.update({"decoder.log_blur": torch.zeros(3)})),
            "torch.float32",
        ),
        (
            "model.safetensors",
            edit_weights(lambda w: w.update({"extra": torch.zeros(1)})),
            "differ in the tensors extra",
        ),
        (
            "model.safetensors",
            edit_weights(lambda w: w.pop("decoder.log_blur")),
            "differ in the tensors decoder.log_blur",
        ),
        (
            "model.safetensors",
            edit_weights(lambda w: w["decoder.log_blur"].fill_(torch.nan)),
            "not finite",
        ),
        (
            "model.safetensors",
            lambda p: p.write_bytes(pickle.dumps({"decoder.log_blur": [1]})),
            "is not a safetensors file",
        ),
    ],
)
def test_altered_content_is_refused_in_one_sentence(folder, name, change, sentence):
    rewrite(folder, name, change)
    with pytest.raises(ValueError, match=sentence) as error:
        checkpoint.read(folder)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_missing_sums_are_refused(folder):
    (folder / "card.md").unlink()
    with pytest.raises(ValueError, match=r"lacks card\.md or its checksum"):
        checkpoint.read(folder)
    shutil.rmtree(folder)
    with pytest.raises(ValueError, match="There is no checkpoint"):
        checkpoint.read(folder)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("nonsense\n", 1), (f"{'0' * 64}  a\n\n{'0' * 64}  b\n", 2), (f"{'0' * 64}\n", 1)],
)
def test_a_line_that_is_no_checksum_is_named(folder, text, line):
    (folder / "SHA256SUMS").write_text(text)
    with pytest.raises(ValueError, match=f"SHA256SUMS cannot be read: its line {line} is '"):
        checkpoint.read(folder)


def test_checksums_of_files_read_as_bytes_hold_too(folder):
    path = folder / "SHA256SUMS"
    plain = checkpoint.read(folder)
    path.write_text(path.read_text().replace("  ", " *"))
    again = checkpoint.read(folder)
    assert again.config == plain.config
    found, wanted = again.model.state_dict(), plain.model.state_dict()
    assert all(found[name].equal(tensor) for name, tensor in wanted.items())


@pytest.mark.parametrize("name", ["", ".", "no-such", "../checkpoints", 3, None])
def test_an_unknown_checkpoint_names_those_there_are(name):
    with pytest.raises(ValueError, match="no checkpoint .* one of .*scm-vae"):
        checkpoint.read(name)


@pytest.fixture
def recogniser(tmp_path):
    network = {"hidden": 8}
    config = {
        "data": "dsprites",
        "model": "recogniser",
        "network": network,
        "train": {"split_seed": 0},
    }
    model = build("recogniser", dataset_named("dsprites"), network)
    checkpoint.write(tmp_path / "reader", model, config, {}, "", "# card\n")
    return tmp_path / "reader"


def test_a_checkpoint_is_read_as_the_kind_that_it_is(folder, recogniser):
    assert isinstance(checkpoint.read(folder).model, ImageMechanism)
    assert isinstance(checkpoint.read(recogniser, Recogniser).model, Recogniser)
    with pytest.raises(
        ValueError, match="reader is of the model recogniser, .* takes one like .*scm-vae"
    ):
        checkpoint.read(recogniser)
    with pytest.raises(
        ValueError, match="small is of the model scm-vae, .* takes one like recogniser"
    ):
        checkpoint.read(folder, Recogniser)


def test_only_mechanisms_are_asked_questions(folder, recogniser, monkeypatch):
    monkeypatch.setattr(checkpoint, "SHIPPED", folder.parent)
    assert checkpoint.shipped() == ["reader", "small"]
    assert checkpoint.shipped_mechanisms() == ["small"]


def test_loading_never_unpickles(folder, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("unpickled")

    for module, name in (
        (pickle, "load"),
        (pickle, "loads"),
        (pickle, "Unpickler"),
        (torch, "load"),
    ):
        monkeypatch.setattr(module, name, refuse)
    assert checkpoint.read(folder).id == "small"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("metrics.json", '{"loss": NaN}', "NaN' is no number that it can hold"),
        ("metrics.json", '{"loss": -Infinity}', "-Infinity' is no number"),
        ("metrics.json", '{"loss": 1e999}', "1e999' is no number"),
        ("metrics.json", '{"loss": ' + "9" * 5_000 + "}", "9' is no number"),
        ("metrics.json", "[" * 100_000, "metrics.json is not JSON that can be read: it is nested"),
        ("config.json", '{"a": ' + "[" * 90_000 + "]" * 90_000 + "}", "it is nested too deeply"),
        ("config.json", "{}" + " " * 2**20, "has 1,048,578 bytes: it takes at most 262,144"),
        ("config.json", '{"' + "a" * 200_000 + '": 1}', "has the keys a{39}…: it takes"),
        ("card.md", "a" * 2**21, "has 2,097,152 bytes: it takes at most"),
        ("config.json", "\ufeff{}", "has the keys none: it takes data"),
    ],
)
def test_what_a_stranger_may_have_written_is_one_short_sentence(folder, name, text, sentence):
    rewrite(folder, name, lambda path: path.write_text(text, encoding="utf-8"))
    with pytest.raises(ValueError, match=sentence) as error:
        checkpoint.read(folder)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600
    if name == "metrics.json":
        assert checkpoint.kept(folder, name) is None


@pytest.mark.parametrize("name", [*checkpoint._FILES, "SHA256SUMS"])
def test_no_link_leads_out_of_the_folder(folder, name, tmp_path):
    (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match=r"leads out of its folder: it takes a file, not a link"):
        checkpoint.read(folder)


def test_a_pipe_is_no_file(folder):
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")
    with pytest.raises(ValueError, match=r"lacks config\.json"):
        checkpoint.read(folder)


def test_a_folder_that_is_itself_a_link_opens(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert checkpoint.read(tmp_path / "link").id == "link"


def test_a_network_larger_than_its_file_is_refused_before_it_is_made(folder):
    """The config asks for 540 MB of weights; the file holds some kB."""
    wide = {"data": "dsprites", "model": "scm-vae-mlp", "network": {"hidden": 8_000}}
    rewrite(folder, "config.json", edit_config(**wide))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="differ in the tensors decoder.0.bias"):
        checkpoint.read(folder)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_a_list_of_sizes_is_bounded_before_a_layer_is_made():
    many = {"sizes": [1] * 30_000, "hidden": [1] * 30_000}
    with pytest.raises(ValueError, match="takes a list of numbers, at most 64"):
        build("ladder-vae", dataset_named("dsprites"), many)


def test_settings_that_no_network_has_are_one_sentence(folder):
    rewrite(folder, "config.json", edit_config(network=NETWORK | {"harmonics": [3] * 2_000}))
    with pytest.raises(ValueError, match=r"(?i)harmonics|overtones|shape") as error:
        checkpoint.read(folder)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("header", [b"", b"\xff" * 8, b"\xff" * 7 + b"\x7f" + b"{}", b"[" * 99_999])
def test_a_header_that_is_none_is_one_sentence(folder, header):
    rewrite(folder, "model.safetensors", lambda path: path.write_bytes(header))
    with pytest.raises(ValueError, match="is not a safetensors file: its header") as error:
        checkpoint.read(folder)
    assert len(str(error.value)) < 400


def test_loading_draws_nothing(folder):
    before = torch.random.get_rng_state()
    checkpoint.read(folder)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_figures_that_are_no_numbers_are_kept_as_none(folder):
    opened = checkpoint.read(folder)
    metrics = {"test": {"loss": float("nan"), "terms": [1.0, float("inf")]}}
    checkpoint.write(folder, opened.model, opened.config, metrics, "", "# new\n")
    assert checkpoint.read(folder).metrics == {"test": {"loss": None, "terms": [1.0, None]}}


FULL = """
import resource, signal, sys
from pathlib import Path
from causal_explorer import checkpoint
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
opened = checkpoint.read(folder)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    checkpoint.write(folder, opened.model, opened.config, {"loss": 2.0}, "x" * 2_000_000, "# new")
except OSError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [1_000, 1_000_000], ids=["for no weights", "for no history"])
def test_no_room_is_one_sentence_and_nothing_is_lost(folder, room):
    command = [sys.executable, "-c", FULL, str(folder), str(room)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert found.startswith(f"The checkpoint {folder} cannot be written: ")
    assert found.endswith("What was there stays as it was.\n")
    assert found.count("\n") == 1
    assert checkpoint.read(folder).metrics == {"loss": 1.0}
    assert [path.name for path in folder.parent.iterdir()] == ["small"]

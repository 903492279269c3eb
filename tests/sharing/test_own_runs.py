import json
import shutil

import pytest

from causal_explorer.checkpoint import find
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.sharing import own_runs
from causal_explorer.sharing.catalogue import address, entry, label, own_systems
from causal_explorer.sharing.link import from_params, to_params
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.request import Request, request_lines

OWN = "runs/quick/scm-vae"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A working directory with a run of the user's."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(find("scm-vae"), tmp_path / OWN)
    return tmp_path


def test_finished_checkpoints_are_found_by_what_they_can_be_asked(here):
    shutil.copytree(find("causal-vae"), here / "runs/deep/er/causal-vae")
    shutil.copytree(find("recogniser"), here / "runs/recogniser/recogniser")
    assert own_runs.own_mechanisms() == [OWN]
    assert own_runs.image_models()[-1] == OWN
    assert own_systems() == ["runs/deep/er/causal-vae"]
    assert label(OWN) == OWN
    assert entry("runs/deep/er/causal-vae").title == "CausalVAE, runs/deep/er/causal-vae"
    assert entry(OWN).noun == "sprites"
    assert address(OWN) == "./?model=runs%2Fquick%2Fscm-vae"
    assert address("runs/deep/er/causal-vae") == "./?system=runs%2Fdeep%2Fer%2Fcausal-vae"


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"model": 3}', b'{"model": "gan"}'])
def test_what_is_half_written_or_no_checkpoint_is_left_out(here, broken):
    (here / OWN / "config.json").write_bytes(broken)
    assert own_runs.own_checkpoints() == {}


def test_a_save_on_its_way_is_left_out(here):
    (here / OWN).rename(here / "runs/quick/.scm-vae-x1")
    assert own_runs.own_checkpoints() == {}


def test_links_that_lead_out_of_the_folder_are_left_out(here):
    outside = here / "elsewhere"
    (here / OWN).rename(outside)
    (here / OWN).symlink_to(outside)
    assert own_runs.own_checkpoints() == {}
    (here / OWN).unlink()
    shutil.copytree(outside, here / OWN)
    (here / OWN / "card.md").unlink()
    (here / OWN / "card.md").symlink_to(outside / "card.md")
    assert own_runs.own_checkpoints() == {}


def test_names_that_no_page_can_hold_are_left_out(here):
    for name in ("two\nlines", "b\udce9"):
        shutil.copytree(here / OWN, here / "runs" / name)
    assert list(own_runs.own_checkpoints()) == [OWN]


def question(checkpoint):
    sprite = tuple((variable.name, 0) for variable in FACTORS)
    return Question(checkpoint, "default", sprite, (("shape", 1),), 1, 0, "gumbel")


def test_a_link_asks_an_own_run_and_no_other_path(here):
    asked = question(OWN)
    assert from_params(to_params(asked, FACTORS), FACTORS) == asked
    shutil.copytree(here / OWN, here / "elsewhere")
    for path in (
        "elsewhere",
        "runs/../elsewhere",
        str(here / "elsewhere"),
        str(here / OWN),
        "./runs/quick/scm-vae",
        "runs/quick/../quick/scm-vae",
        "runs%2Fquick%2Fscm-vae",
    ):
        with pytest.raises(ValueError, match="The link says model="):
            from_params(to_params(question(path), FACTORS), FACTORS)


def test_a_stamp_tells_one_save_from_the_next(here):
    first = own_runs.stamp(OWN)
    (here / OWN / "SHA256SUMS").write_text("other")
    assert first != own_runs.stamp(OWN) == "other"
    assert own_runs.stamp("scm-vae") == own_runs.stamp("runs/none") == ""


def test_a_quote_in_a_folder_ends_no_line_of_the_exported_python():
    lines = request_lines(Request('runs/a"b/✂', (), ()), "counterfactual")
    assert 'ce.load("runs/a\\"b/✂")' in lines
    compile(lines, "exported", "exec")
    assert json.loads(lines.split("ce.load(")[1].split(")")[0]) == 'runs/a"b/✂'

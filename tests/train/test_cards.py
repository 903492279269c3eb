import hashlib
import json
import shutil

import pytest

from causal_explorer import checkpoint
from causal_explorer.models.base import Model
from causal_explorer.models.scope import SCOPES
from train.card import card
from train.cards import main


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(checkpoint.find("cevae"), tmp_path / "cevae")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_card_is_written_anew_from_what_training_recorded(copied, capsys):
    before = files(copied)
    recorded = "| commit | 45d3aded2ae7 |"
    (copied / "card.md").write_text(
        "# cevae\n\ncevae on treatment, trained 2026-11-23 by\n`x`.\n\n| versions | Python 9 |\n"
    )
    refresh(copied)
    assert main([str(copied)]) == 0
    assert str(copied / "card.md") in capsys.readouterr().out
    page = (copied / "card.md").read_text()
    metrics = json.loads((copied / "metrics.json").read_text())
    assert "trained 2026-11-23 by" in page
    assert "| versions | Python 9 |" in page
    assert recorded in page
    assert f"`{metrics['command']}`" in page
    assert SCOPES["cevae"].limits in page
    changed = {name for name, content in files(copied).items() if content != before[name]}
    assert changed == {"card.md", "SHA256SUMS"}
    assert checkpoint.read(copied, Model).card == page, "checksums are right"
    after = files(copied)
    assert main([str(copied)]) == 0
    assert files(copied) == after, "a second time changes nothing"


def refresh(folder):
    digest = hashlib.sha256((folder / "card.md").read_bytes()).hexdigest()
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    kept = [f"{digest}  card.md" if line.endswith(" card.md") else line for line in lines]
    (folder / "SHA256SUMS").write_text("".join(f"{line}\n" for line in kept))


def test_what_is_damaged_is_left_alone(copied, capsys):
    (copied / "metrics.json").write_text("{}")
    before = files(copied)
    assert main([str(copied)]) == 2
    assert "metrics.json does not match its checksum" in capsys.readouterr().err
    assert files(copied) == before
    assert main([str(copied / "nope")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_is_not_recorded_is_not_made_up(copied, capsys):
    (copied / "card.md").write_text("# cevae\n")
    refresh(copied)
    before = files(copied)
    assert main([str(copied)]) == 2
    assert capsys.readouterr().err == f"error: {copied} does not record 'date'.\n"
    assert files(copied) == before


@pytest.mark.parametrize("name", checkpoint.shipped())
def test_the_shipped_cards_are_what_the_command_writes(name):
    """And say all that a card has to say."""
    found = checkpoint.read(name, Model)
    metrics = found.metrics
    for part in (SCOPES[found.config["model"]].intended, SCOPES[found.config["model"]].limits):
        assert part in found.card
    assert f"| seed | {found.config['train']['seed']}; " in found.card
    assert f"| commit | {metrics['commit']} |" in found.card
    assert metrics["commit"].endswith("-dirty") == ("no commit holds" in found.card)
    dated = {"date": found.card.split(", trained ")[1][:10]}
    versions = {"versions": found.card.split("| versions | ")[1].split(" |")[0]}
    assert card(name, found.config, dated | versions | metrics) == found.card

"""One source for each figure: README's tables, pages and rows are what the studies hold."""

import json

import pytest

from benchmarks import readme
from benchmarks.kept import add, keep
from benchmarks.scm_vae import checked
from causal_explorer import checkpoint
from causal_explorer.ui import about


def test_readme_says_what_the_studies_say():
    text = readme.README.read_text(encoding="utf-8")
    for name, table in readme.tables().items():
        assert readme.between(text, name) == table, "python -m benchmarks.readme --write"


def test_another_figure_in_a_study_is_another_in_the_table(monkeypatch):
    kept = checkpoint.study("scm-vae")
    others = [row | {"ours": 7.0} if row["name"] == "-ELBO" else row for row in kept["metrics"]]
    read = readme.study
    changed = {"scm-vae": kept | {"metrics": others}}
    monkeypatch.setattr(readme, "study", lambda name: changed.get(name) or read(name))
    assert "| 7.0000 nats" in readme.tables()["figures"]
    assert readme.main(["--check"]) == 1


def test_a_figure_that_no_study_holds_is_refused(monkeypatch):
    monkeypatch.setattr(readme, "study", lambda name: {"metrics": [], "series": {}})
    with pytest.raises(KeyError, match="0 figures"):
        readme.tables()


@pytest.mark.parametrize("name", ["scm-vae", "scm-vae-mlp"])
def test_rows_of_a_check_are_the_check_that_is_kept(name):
    """Sanity checks draws the report, Models and README the rows."""
    kept = checkpoint.study(name)
    rows = {row["name"]: row for row in kept["metrics"]}
    for row in checked(checkpoint.measured(name)):
        assert rows[row["name"]] == row


@pytest.mark.parametrize("name", ["scm-vae", "scm-vae-mlp"])
def test_about_shows_the_study(name):
    rows = {row["name"]: row["ours"] for row in checkpoint.study(name)["metrics"]}
    shown = about.figures(name)
    assert shown["−ELBO of a held-out image"] == f"{rows['-ELBO']:.4f} nats"
    assert shown["Effectiveness, worst factor"] == f"{rows['effectiveness, worst factor']:.3f}"


@pytest.mark.parametrize("name", ["scm-vae-styled", "scm-vae-mlp"])
def test_where_z_is_read_the_axioms_can_fail(name):
    rows = {row["name"]: row["ours"] for row in checkpoint.study(name)["metrics"]}
    for axiom in ("composition", "reversibility"):
        assert 1e-4 < rows[f"{axiom}, once"] < rows[f"{axiom}, ten times"]


@pytest.mark.parametrize("name", checkpoint.shipped())
def test_nothing_is_kept_twice(name):
    folder = checkpoint.find(name)
    assert not (folder / "check.json").exists()
    kept = checkpoint.study(name) or {"metrics": []}
    named = [(row["name"], row["data"]) for row in kept["metrics"]]
    assert len(named) == len(set(named))


def test_what_another_command_added_stays(tmp_path):
    (tmp_path / "SHA256SUMS").write_text("")
    row = {"name": "a", "ours": 1, "paper": None, "unit": "", "data": "", "note": ""}
    keep(tmp_path, {"command": "first", "metrics": [row], "series": {}})
    add(tmp_path, {"command": "second", "metrics": [row | {"name": "b"}]})
    add(tmp_path, {"command": "second", "metrics": [row | {"name": "b", "ours": 2}]})
    keep(tmp_path, {"command": "first", "metrics": [row | {"ours": 3}], "series": {}})
    kept = json.loads((tmp_path / "study.json").read_text())
    assert kept["command"] == "first"
    assert [(r["name"], r["ours"]) for r in kept["metrics"]] == [("a", 3), ("b", 2)]

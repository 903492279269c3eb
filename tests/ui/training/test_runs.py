import json
import math

import pytest

from causal_explorer.checkpoint import shipped, shipped_mechanisms
from causal_explorer.ui.training import loss_curves, runs
from tests.ui.own_runs import LINES, make_run


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working directory of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cells(names):
    """The compared table as {row: [cell of each run]}."""
    html = loss_curves.compared_html([runs.read(name) for name in names])
    rows = html.split("<tr>")[2:]
    return {
        row.split('scope="row">')[1].split("<")[0]: [
            cell.split("<")[0] for cell in row.split("<td>")[1:]
        ]
        for row in rows
    }


def test_without_own_runs_there_are_the_shipped_ones(here):
    assert runs.own_names() == []
    assert sorted(runs.names()) == shipped()
    assert runs.names()[: len(shipped_mechanisms())] == shipped_mechanisms()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_run_is_read_whole(name):
    run = runs.read(name)
    assert not run.note
    assert run.config["model"] == name
    assert run.lines[-1]["step"] == run.config["train"]["steps"]
    assert len(run.lines) == run.config["train"]["steps"] / run.config["train"]["log_every"]
    assert run.looks[-1] == run.lines[-1]
    split, measured = run.held_out
    assert split == "test"
    # Held out twice, on two splits of the same kind: 73,485 pictures and 8,192 of them.
    assert math.isclose(run.looks[-1]["validation_loss"], measured["loss"], rel_tol=0.5)
    data = run.config["data"]
    assert run.card.splitlines()[2].startswith(
        f"{name} on {data if isinstance(data, str) else data['name']}"
    )


def test_an_older_log_adds_up_the_terms_of_the_elbo():
    line = runs.read("scm-vae-mlp").looks[0]
    assert line["validation_loss"] == line["image_nats"] + line["kl_nats"]


def test_own_runs_are_found_wherever_they_lie_under_runs(here):
    for name in ("quick", "deep/er", "scm-vae"):
        make_run(here / "runs" / name)
    (here / "runs/no-log").mkdir()
    (here / "runs/folder/metrics.jsonl").mkdir(parents=True)
    assert runs.own_names() == ["runs/deep/er", "runs/quick", "runs/scm-vae"]
    assert runs.names()[-3:] == runs.own_names()


def test_a_folder_beside_runs_does_not_hide_a_shipped_run(here):
    make_run(here / "scm-vae")
    assert runs.read("scm-vae").lines[-1]["step"] == 40_000


def test_a_run_with_a_save_is_read_with_it(here):
    make_run(here / "runs/quick", saved=300)
    run = runs.read("runs/quick")
    assert run.lines == tuple(LINES)
    assert run.looks == tuple(line for line in LINES if "validation_loss" in line)
    assert run.config["train"]["steps"] == 500
    assert run.held_out[0] == "validation"
    assert run.note == ""


def test_a_run_without_a_save_has_its_curve_alone(here):
    make_run(here / "runs/young")
    run = runs.read("runs/young")
    assert run.lines == tuple(LINES)
    assert (run.config, run.metrics, run.card) == ({}, {}, "")
    assert run.held_out == ("", {})


@pytest.mark.parametrize(
    "bad",
    [
        b'{"step": 400, "ima',
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"null",
        b"7",
        b"[" * 100_000,
        b'{"step": 400, "images": 1, "seconds": 1, "train_loss": NaN}',
        b'{"step": 400, "images": 1, "seconds": 1, "train_loss": "1"}',
        b'{"step": 1' + b"0" * 400 + b', "images": 1, "seconds": 1, "train_loss": 1}',
        b'{"step": 400, "images": 1, "seconds": 1}',
    ],
    ids=[
        "half",
        "bytes",
        "list",
        "null",
        "number",
        "nested",
        "NaN",
        "text",
        "endless",
        "no loss",
    ],
)
def test_damaged_lines_are_left_out_and_counted(here, bad):
    log = make_run(here / "runs/quick") / runs.LOG
    log.write_bytes(log.read_bytes() + bad)
    run = runs.read("runs/quick")
    assert run.lines == tuple(LINES)
    assert run.note == "runs/quick/metrics.jsonl: 1 line, damaged or half-written, left out."
    log.write_bytes(bad + b"\n\n" + log.read_bytes())
    assert runs.read("runs/quick").note.startswith("runs/quick/metrics.jsonl: 2 lines, ")


def test_a_log_without_lines_says_so(here):
    log = make_run(here / "runs/new") / runs.LOG
    log.write_text("")
    assert runs.read("runs/new").note == "runs/new/metrics.jsonl is still empty."
    log.unlink()
    assert runs.read("runs/new").note.startswith("runs/new/metrics.jsonl cannot be read: ")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"train": 3}'])
def test_a_damaged_save_leaves_dashes(here, content):
    save = make_run(here / "runs/quick", saved=300) / "scm-vae"
    (save / "config.json").write_bytes(content)
    (save / "metrics.json").write_bytes(content)
    (save / "card.md").write_bytes(b"\xff\xff")
    found = cells(["runs/quick"])
    assert found["model"] == found["held-out loss, nats"] == found["exact"] == ["–"]
    assert found["steps"] == ["500"]
    loss_curves.config_html(runs.read("runs/quick"))


def test_figures_of_the_wrong_kind_leave_dashes(here):
    save = make_run(here / "runs/quick", saved=300) / "scm-vae"
    wrong = {"test": {"loss": "low", "exact": None}, "processes": "2", "commit": 7, "step": []}
    (save / "metrics.json").write_text(json.dumps(wrong))
    found = cells(["runs/quick"])
    for row in ("device", "processes", "commit"):
        assert found[row] == ["–"]
    assert found["held-out loss, nats"] == ["–"]


def test_the_table_says_that_changes_were_not_committed(here):
    save = make_run(here / "runs/quick", saved=300) / "scm-vae"
    metrics = json.loads((save / "metrics.json").read_text())
    (save / "metrics.json").write_text(json.dumps(metrics | {"commit": "0123-dirty"}))
    assert cells(["runs/quick"])["commit"] == ["0123, with changes not committed"]


def test_the_table_compares(here):
    make_run(here / "runs/quick", saved=300)
    make_run(here / "runs/done", saved=500)
    found = cells(["scm-vae", "recogniser", "runs/quick", "runs/done"])
    assert found["model"] == ["scm-vae", "recogniser", "scm-vae", "scm-vae"]
    assert found["training time"][2:] == ["1 min 15 s"] * 2
    assert found["images a second"][2:] == ["1,707"] * 2, "500 steps of 256 images in 75 s"
    assert found["steps"] == ["40,000", "12,000", "500", "500"]
    loss = found["held-out loss, nats"]
    assert loss[0] == f"{runs.read('scm-vae').metrics['test']['loss']:.4f}"
    assert loss[2:] == ["12.5000, validation at step 300", "12.5000"]
    assert found["exact"][1].endswith(" %, all factors right")
    unmeasured = [name for name in shipped() if "exact" not in runs.read(name).held_out[1]]
    assert "beta-vae" in unmeasured
    assert cells(unmeasured)["exact"] == ["–"] * len(unmeasured)
    assert found["exact"][2:] == ["37.50 %", "37.50 %"]


def test_a_run_that_is_going_shows_how_far_it_is(here):
    log = make_run(here / "runs/quick", saved=300) / runs.LOG
    log.write_text("".join(f"{json.dumps(line)}\n" for line in LINES[:4]))
    assert cells(["runs/quick"])["steps"] == ["400 of 500"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min 0 s"), (1072, "17 min 52 s"), (7500, "2 h 5 min")],
)
def test_times_are_read_at_a_glance(here, seconds, words):
    log = make_run(here / "runs/quick") / runs.LOG
    log.write_text(json.dumps(LINES[0] | {"seconds": seconds}))
    assert cells(["runs/quick"])["training time"] == [words]


def test_the_figure_holds_both_curves_of_each_run(here):
    make_run(here / "runs/quick")
    chosen = [runs.read(name) for name in ("scm-vae", "runs/quick")]
    look = loss_curves.looks(runs.names())
    for against, key in loss_curves.AXES.items():
        figure = loss_curves.figure(chosen, look, against)
        training, validation = figure.data[2:]
        assert list(training.x) == [line[key] for line in LINES]
        assert list(training.y) == [line["train_loss"] for line in LINES]
        assert list(validation.x) == [line[key] for line in chosen[1].looks]
        assert training.line.dash == "dot"
        assert "markers" in validation.mode
        assert figure.layout.yaxis.type == "log"
        assert figure.layout.xaxis.title.text == against
    assert [trace.name for trace in figure.data if trace.showlegend] == ["scm-vae", "runs/quick"]
    assert figure.data[0].line.color != training.line.color == validation.line.color
    assert "scm-vae 0.01754 after 10,240,000 images" in loss_curves.in_words(chosen)


def test_ticks_fit_the_spread_of_the_losses(here):
    make_run(here / "runs/quick")
    look = loss_curves.looks(runs.names())
    for name, ticks in (("scm-vae", 1), ("causal-vae", "D2"), ("runs/quick", None)):
        assert loss_curves.figure([runs.read(name)], look, "steps").layout.yaxis.dtick == ticks


def test_a_run_without_validation_is_in_the_legend_all_the_same(here):
    log = make_run(here / "runs/young") / runs.LOG
    log.write_text(json.dumps(LINES[0]))
    young = runs.read("runs/young")
    figure = loss_curves.figure([young], {"runs/young": ("#000000", "circle")}, "steps")
    assert [trace.showlegend for trace in figure.data] == [True, False]
    assert loss_curves.in_words([young]).endswith("not measured yet.")


def test_a_look_stays_with_its_run_and_is_its_own():
    names = [f"runs/{i}" for i in range(20)]
    assert loss_curves.looks(names)["runs/2"] == loss_curves.looks(names[:3])["runs/2"]
    assert len(set(loss_curves.looks(names).values())) == 20


def test_only_like_losses_share_a_chart():
    found = loss_curves.by_loss([runs.read(name) for name in runs.names()])
    alike = {run.name: loss for loss, chosen in found.items() for run in chosen}
    assert alike["scm-vae"] == alike["scm-vae-mlp"] == alike["scm-vae-styled"]
    assert len(found) == len(alike) - 2
    assert all("given its factors" not in alike[name] for name in ("beta-vae", "ladder-vae"))
    assert not any(loss.startswith("Loss of") for loss in found), (
        "every shipped model says its loss"
    )


def test_a_run_without_a_save_is_compared_with_none(here):
    make_run(here / "runs/young")
    make_run(here / "runs/quick", saved=300)
    assert len(loss_curves.by_loss([runs.read(f"runs/{name}") for name in ("young", "quick")])) == 2


def test_long_curves_are_thinned(here):
    log = make_run(here / "runs/long") / runs.LOG
    log.write_text("".join(f"{json.dumps(LINES[0] | {'step': i})}\n" for i in range(50_000)))
    long = runs.read("runs/long")
    figure = loss_curves.figure([long], {"runs/long": ("#000000", "circle")}, "steps")
    assert len(long.lines) == 50_000
    assert 1_000 <= len(figure.data[0].x) <= 2_000


def test_every_setting_is_in_the_config(here):
    html = loss_curves.config_html(runs.read("scm-vae"))
    for setting in ("model", "network.latent", "train.steps", "train.rates"):
        assert f'scope="row">{setting}<' in html
    assert ">40000<" in html
    assert "<td>dsprites</td>" in html

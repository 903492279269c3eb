import json
import sys

import plotly.graph_objects as go
import pytest

from train.curve import write_curve


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are written."""
    found = []
    write = go.Figure.write_html
    monkeypatch.setattr(
        go.Figure, "write_html", lambda self, *a, **k: found.append(self) or write(self, *a, **k)
    )
    return found


def history(*losses):
    lines = [
        {"step": k, "images": 10 * k, "epochs": k / 4, "seconds": 1.0, "train_loss": loss}
        | ({"validation_loss": loss + 1} if k % 2 else {})
        for k, loss in enumerate(losses)
    ]
    return [json.dumps(line) for line in lines]


def test_both_losses_are_drawn_over_images_and_told_in_epochs(tmp_path, drawn):
    path = write_curve(tmp_path, history(8.0, 4.0, 2.0, 1.0))
    assert path == tmp_path / "loss.html"
    assert (tmp_path / "plotly.min.js").is_file(), "it opens offline"
    training, validation = drawn[0].data
    assert list(training.x) == [0, 10, 20, 30]
    assert list(training.y) == [8, 4, 2, 1]
    assert list(validation.x) == [10, 30]
    assert list(validation.y) == [5, 2]
    assert list(validation.customdata) == [0.25, 0.75]
    assert drawn[0].layout.yaxis.type == "log"


def test_losses_below_0_are_seen(tmp_path, drawn):
    """As those of densities are, which a logarithm would leave out."""
    write_curve(tmp_path, history(8.0, -4.0))
    assert drawn[0].layout.yaxis.type == "linear"


def test_a_log_of_before_epochs_were_told_is_drawn(tmp_path, drawn):
    old = [json.dumps({"images": 1, "train_loss": 2.0})]
    write_curve(tmp_path, old)
    assert list(drawn[0].data[0].y) == [2]


def test_without_plotly_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    assert write_curve(tmp_path, history(1.0)) is None
    assert not list(tmp_path.iterdir())

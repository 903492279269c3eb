import json
import math
from dataclasses import replace

import pytest

from causal_explorer.metrics import report as module
from causal_explorer.metrics.report import ANY, check
from causal_explorer.metrics.table import table
from tests.metrics.small import Keeper

NAMES = ["shape", "scale", "orientation", "posX", "posY"]


@pytest.fixture(scope="module")
def report(explorer, cache):
    return check(explorer, queries=40, seed=3, progress=False)


def test_the_shipped_checkpoint_keeps_to_its_bars(report):
    assert min(report.effectiveness.diagonal.values()) >= 0.99
    assert report.composition["decoder_mean"].ten_times <= 0.001
    assert report.reversibility["decoder_mean"].ten_times <= 0.002
    assert report.composition["sampled"].ten_times == 0
    assert report.reversibility["sampled"].ten_times <= 0.002


def test_it_measures_every_factor(report):
    assert list(report.effectiveness.targets) == NAMES
    assert list(report.truth) == [ANY, *NAMES]
    assert list(report.probe) == NAMES
    assert all(error.queries == 40 for error in report.truth.values())
    assert (report.checkpoint, report.story, report.queries, report.seed) == (
        *("scm-vae", "default"),
        *(40, 3),
    )


def test_a_z_without_information_is_not_probed_out_of_shared_noise(report):
    """Pinsker: gaining a above chance takes 2 a² nats, which the KL bounds; 5 standard errors."""
    classes = (3, 6, 40, 32, 32)
    for own, size in zip(report.probe.values(), classes, strict=True):
        gain = (report.minimality.kl_nats / 2) ** 0.5
        error = (1 / size * (1 - 1 / size) / report.probed) ** 0.5
        assert own.accuracy <= 1 / size + gain + 5 * error


def test_a_model_that_keeps_the_factual_image_is_found_out(explorer, monkeypatch):
    """Composition is perfect; effectiveness, truth and z tell."""
    monkeypatch.setattr(module, "_PROBED", 1_024)
    cheat = replace(explorer, checkpoint=replace(explorer.checkpoint, model=Keeper()))
    found = check(cheat, queries=20, progress=False)
    assert found.composition["decoder_mean"].ten_times < 1e-6
    assert max(found.effectiveness.diagonal.values()) <= 0.1
    assert all(error.exact <= 0.1 for error in found.truth.values())
    assert found.probe["shape"].accuracy > 0.9
    assert found.minimality.active == 5


def test_it_is_json_even_where_there_is_no_number(report):
    empty = replace(report.truth["shape"], iou=math.nan)
    plain = replace(report, truth=report.truth | {"shape": empty}).as_dict()
    again = json.loads(json.dumps(plain, allow_nan=False))
    assert again["truth"]["shape"]["iou"] is None
    assert again["composition"]["decoder_mean"]["ten_times"] >= 0
    assert len(again["effectiveness"]["matrix"]) == 5


def test_the_table_shows_every_figure_and_which_cannot_fail(report):
    text = table(report)
    for words in (*NAMES, "40 random", "nats an image", "cannot fail either", "by construction"):
        assert words in text
    assert "MNIST" not in text, "no figure of other data beside one that cannot fail"
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"queries": 0}, "queries is 0"), ({"seed": -1}, "seed is -1"), ({"queries": 1.5}, "1.5")],
)
def test_bad_input_is_refused(explorer, settings, words):
    with pytest.raises(ValueError, match=words):
        check(explorer, **settings)

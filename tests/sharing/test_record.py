import hashlib
import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.data import dsprites
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.inference.posterior import Posterior
from causal_explorer.scm.stories import read_story
from causal_explorer.sharing import record as recording
from causal_explorer.sharing.link import query_string, to_params
from causal_explorer.sharing.question import named_or_told
from tests.sharing.test_script import QUESTIONS
from tests.ui.small import HEART, NAMES, answer, question

SQUARE = (0, *HEART[1:])


def recorded(asked, found):
    address = query_string(to_params(asked, dsprites.FACTORS))
    return recording.record(asked, found, f"http://localhost:8501/?{address}")


def strictly(text):
    """JSON as the standard has it: NaN is none."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_json_gives_back_question_and_answer(kind):
    asked = QUESTIONS[kind]
    found = asked.ask(ce.load(asked.checkpoint).with_story(named_or_told(asked.story)))
    content = recorded(asked, found)
    read = strictly(recording.to_json(content))
    assert read == content
    assert recording.question_of(read) == asked
    assert np.abs(np.array(read["density"]) - found.density).max() <= 5e-7
    assert np.abs(np.array(read["truth"]) - found.truth).max() <= 5e-7
    assert read["l1"] == found.l1
    assert read["iou"] == found.iou
    for name in NAMES:
        assert read["factors"][name]["after"] == found.shares(name).tolist()
        assert sum(read["factors"][name]["before"]) == pytest.approx(1)
    assert read["posterior"]["count"] == len(found.posterior)
    assert len(read["posterior"]["first"]) == min(5, len(found.posterior))


def test_explanations_are_told_the_likeliest_first_with_what_they_cover():
    classes = np.array([(0, k, *HEART[2:]) for k in range(6)])
    listed = Posterior(classes, 0.9 * np.array([0.5, 0.2, 0.1, 0.1, 0.06, 0.04]), 0.9, FACTORS)
    shown = replace(answer({"shape": 0}, [SQUARE]), posterior=listed)
    told = recorded(question({"shape": 0}), shown)["posterior"]
    assert (told["count"], told["covered"]) == (6, 0.9)
    assert [one["factors"]["scale"] for one in told["first"]] == [0, 1, 2, 3, 4]
    assert [one["probability"] for one in told["first"]] == listed.probabilities[:5].tolist()


def test_shares_are_told_before_and_after():
    shown = answer({"shape": 0}, [SQUARE, SQUARE, (0, 5, *HEART[2:]), SQUARE])
    factors = recorded(question({"shape": 0}), shown)["factors"]
    assert factors["shape"] == {"before": [0, 0, 1], "after": [1, 0, 0]}
    assert factors["scale"] == {"before": [0, 0, 0, 1, 0, 0], "after": [0, 0, 0, 0.75, 0, 0.25]}


def test_what_is_not_a_number_is_null():
    dark = np.zeros((64, 64))
    shown = answer({"shape": 0}, [SQUARE], dark, dark)
    assert math.isnan(shown.iou)
    read = strictly(recording.to_json(recorded(question({"shape": 0}), shown)))
    assert read["iou"] is None
    assert read["l1"] == 0
    assert read["posterior"]["nats"] is None


def test_a_number_that_json_cannot_say_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        recording.to_json({"density": [[float("nan")]]})


def test_all_inputs_are_told_in_words():
    asked = QUESTIONS["upload"]
    found = answer({"shape": 1}, [SQUARE])
    assert recorded(asked, found)["truth_under"] == "monotone"
    told = recorded(asked, found)["question"]
    assert told["sprite"] == dict(zip(NAMES, ("heart", *HEART[1:]), strict=True))
    assert told["do"] == {"shape": "ellipse"}
    assert (told["samples"], told["seed"], told["coupling"]) == (50, 7, "monotone")
    assert told["story_text"] == read_story("default").to_toml()
    picture = np.array([[int(pixel) for pixel in row] for row in told["image"]])
    assert (picture == dsprites.render(np.array([HEART]))[0]).all()
    edited = QUESTIONS["edited story"]
    told = recorded(edited, found)["question"]
    assert (told["story"], told["story_text"]) == ("edited", edited.story)


@pytest.mark.parametrize("name", checkpoint.shipped_mechanisms())
def test_the_weights_are_named_by_their_checksum(name):
    asked = type(question({}))(**(vars(question({"shape": 0})) | {"checkpoint": name}))
    content = recorded(asked, answer({"shape": 0}, [SQUARE]))
    weights = (checkpoint.find(name) / "model.safetensors").read_bytes()
    assert content["weights_sha256"] == hashlib.sha256(weights).hexdigest()


def test_versions_are_told_installed_or_not(monkeypatch):
    def version(package):
        if package == "causal-explorer":
            raise recording.PackageNotFoundError(package)
        return f"{package} 1"

    monkeypatch.setattr(recording, "version", version)
    versions = recorded(question({"shape": 0}), answer({"shape": 0}, [SQUARE]))["versions"]
    assert versions["torch"] == "torch 1"
    assert "not installed" in versions["causal-explorer"]
    monkeypatch.undo()
    versions = recorded(question({"shape": 0}), answer({"shape": 0}, [SQUARE]))["versions"]
    assert versions["torch"] == torch.__version__
    assert versions["numpy"] == np.__version__


@pytest.mark.parametrize(
    ("content", "words"),
    [({}, "has no link"), ({"link": 3}, "has no link"), ({"link": "/?shape=heart"}, "lacks story")],
)
def test_a_record_without_a_question_is_one_sentence(content, words):
    with pytest.raises(ValueError, match=words):
        recording.question_of(content)

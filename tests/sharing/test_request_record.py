import json

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.sharing.record import provenance, to_json
from causal_explorer.sharing.request import Request, rung
from causal_explorer.sharing.request_record import request_record
from tests.sharing.test_request import ASKED, asked


@pytest.mark.parametrize("name", ASKED)
def test_a_record_holds_the_question_and_its_answer(name):
    opened, request = asked(name)
    answer = request.ask(opened)
    read = json.loads(to_json(request_record(request, answer, opened, "./?a=b")))
    assert read["question"] == {
        "checkpoint": name,
        "data": opened.checkpoint.dataset.name,
        "rung": rung(opened),
        "factors": dict(request.unit),
        "do": dict(request.do),
        "samples": 11,
        "seed": 0,
    }
    assert read["link"] == "./?a=b"
    assert read["weights_sha256"] == provenance(name)["weights_sha256"]
    assert read["l1"] == answer.l1
    for part in ("density", "truth"):
        picture = np.array(read[part])
        assert picture.shape == getattr(answer, part).shape
        assert np.abs(picture - getattr(answer, part)).max() <= 5e-7
    assert read["iou"] == (answer.iou if isinstance(answer, ce.CounterfactualAnswer) else None)


def test_each_variable_is_told_before_after_and_as_the_model_has_it():
    opened, request = asked("causal-vae")
    answer = request.ask(opened)
    found = request_record(request, answer, opened, "")["variables"]
    assert list(found) == list(answer.factual)
    for name, stages in found.items():
        assert stages == {
            "before": float(answer.factual[name]),
            "after": float(answer.counterfactual[name]),
            "after_in_the_model": float(answer.read[name]),
        }


def test_of_factors_that_were_drawn_the_shares_are_told():
    opened, request = asked("scm-vae-styled")
    answer = request.ask(opened)
    found = request_record(request, answer, opened, "")["variables"]
    for name, stages in found.items():
        assert sum(stages["before"]) == pytest.approx(1)
        assert stages["after"] == answer.shares(name).tolist()


def test_a_pixel_that_is_not_known_is_null():
    opened = ce.load("scm-vae-styled")
    unit = {"shape": 0, "scale": 5, "orientation": 0, "posX": 16, "posY": 16}
    picture = opened.checkpoint.dataset.render(np.array([[*unit.values(), 0, 0, 0]]))[0]
    answer = opened.counterfactual(unit, image=picture, do={"shape": 1}, samples=1)
    assert np.isnan(answer.truth).all(), "nobody told the style"
    request = Request("scm-vae-styled", tuple(unit.items()), (("shape", 1),), 1)
    read = json.loads(to_json(request_record(request, answer, opened, "")))
    assert read["truth"] == [[None] * 64] * 64
    assert read["iou"] is read["l1"] is None

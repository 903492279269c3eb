"""The answers of a seed stay what they were: bit for bit where the processor rounds alike."""

import json

import numpy as np
import pytest

from tests.golden.__main__ import FILE
from tests.golden.digests import digest, probe
from tests.golden.questions import all_questions

KEPT = json.loads(FILE.read_text(encoding="utf-8"))
QUESTIONS = dict(all_questions())
SAME = probe() == KEPT["probe"]


def test_every_question_has_an_answer_of_old():
    assert sorted(QUESTIONS) == sorted(KEPT["answers"])
    assert len(QUESTIONS) > 200


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answer_is_as_it_was(name):
    found, kept = digest(QUESTIONS[name]()), KEPT["answers"][name]
    if SAME:
        assert found["bits"] == kept["bits"]
        return
    assert found["sketch"].keys() == kept["sketch"].keys()
    for part, numbers in kept["sketch"].items():
        np.testing.assert_allclose(found["sketch"][part], numbers, rtol=1e-4, atol=1e-5)

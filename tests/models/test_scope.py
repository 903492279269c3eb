import re

import pytest

from causal_explorer.models.registry import MODELS
from causal_explorer.models.scope import SCOPES


def test_every_model_says_what_it_is_for_and_what_it_assumes():
    assert set(SCOPES) == set(MODELS)


@pytest.mark.parametrize("name", SCOPES)
def test_assumptions_have_sources_and_no_figures(name):
    scope = SCOPES[name]
    assert re.search(r"\d{4}, (arXiv:\d{4}\.\d{5}|doi:10\.)", scope.assumes), "a source"
    for sentence in (scope.intended, scope.assumes, scope.limits):
        assert sentence.endswith(".")
        assert not re.search(r"[_*`<\[]", sentence), "plain text: no markup"
        bare = re.sub(r"\(.*?\d{4}.*?\)", "", sentence)
        assert not re.search(r"\d", bare), "a figure belongs to the study beside a checkpoint"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("scm-vae", "independent of the factors"),
        ("scm-vae", "2403.09683"),
        ("causal-vae", "without noise"),
        ("cevae", "2102.06648"),
        ("intact-vae", "overlaps"),
        ("beta-vae", "periodic"),
    ],
)
def test_what_is_easily_forgotten_is_named(name, words):
    assert words in SCOPES[name].assumes

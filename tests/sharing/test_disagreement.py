from dataclasses import replace

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.inference.posterior import Posterior
from causal_explorer.scm.law import TooLargeError
from causal_explorer.scm.story import parse
from causal_explorer.sharing import disagreement as module
from causal_explorer.sharing.disagreement import disagreement
from causal_explorer.sharing.question import Question
from tests.ui.small import HEART, NAMES

SPRITE = tuple(zip(NAMES, HEART, strict=True))
ASKED = Question("scm-vae", "default", SPRITE, (("shape", 0),), 100, 0, "gumbel")
LARGE = """
summary = "The shape turns and moves a sprite, and both raise it."

[shape]

[scale]

[orientation]
concentration = 1.0
effects.shape.values = [0.0, 5.0, 10.0]

[posX]
spread = 3.0
effects.shape.values = [-3.0, 0.0, 3.0]

[posY]
spread = 3.0
effects.orientation.cosine = 3.0
effects.posX.slope = 0.5
"""
STORIES = ("default", "independent", "confounded", "chain")


def told(question):
    return disagreement(question, ce.load("scm-vae").with_story(question.story))


@pytest.mark.parametrize("story", STORIES)
def test_it_is_the_share_of_each_law_that_the_other_coupling_moves(story):
    """min(p, p′) sums to what both couplings share: the rest is the total variation."""
    explorer = ce.load("scm-vae").with_story(story)
    gumbel, monotone = (explorer.law(dict(SPRITE), {"shape": 0}, c) for c in ("gumbel", "monotone"))
    found = told(replace(ASKED, story=story))
    assert list(found) == list(NAMES)
    for name, distance in found.items():
        shared = np.minimum(gumbel[name], monotone[name]).sum()
        assert distance == pytest.approx(1 - shared, abs=1e-12), name


def test_draws_say_the_same():
    """Of 20,000 draws the empirical distance errs by Σ √(p / n) / √2π a law at most, about."""
    explorer = ce.load("scm-vae")
    drawn = [
        explorer.counterfactual(dict(SPRITE), do={"shape": 0}, samples=20_000, coupling=coupling)
        for coupling in ("gumbel", "monotone")
    ]
    for name, distance in told(ASKED).items():
        one, other = (answer.shares(name) for answer in drawn)
        assert np.abs(one - other).sum() / 2 == pytest.approx(distance, abs=0.03), name


def test_neither_coupling_nor_what_was_picked_for_the_picture_matters():
    assert told(ASKED.under("monotone")) == told(ASKED)
    assert told(replace(ASKED, samples=7, seed=3)) == told(ASKED)


@pytest.mark.parametrize("story", STORIES)
def test_a_target_and_what_does_not_descend_from_it_are_decided(story):
    moved = ce.load("scm-vae").with_story(story)
    descend = moved.counterfactual(dict(SPRITE), do={"shape": 0}, samples=1).descendants
    for name, distance in told(replace(ASKED, story=story)).items():
        assert (distance > 0.1) == (name in descend), name


def test_what_is_so_already_is_decided():
    assert max(told(replace(ASKED, do=(("shape", HEART[0]),))).values()) < 1e-12


def test_what_is_known_in_part_is_a_law_too():
    known = replace(ASKED, evidence="factors", known=("posY",))
    explorer = ce.load("scm-vae")
    laws = [explorer.law({"posY": HEART[4]}, {"shape": 0}, c) for c in ("gumbel", "monotone")]
    found = told(known)
    for name in NAMES:
        expected = np.abs(laws[0][name] - laws[1][name]).sum() / 2
        assert found[name] == pytest.approx(expected, abs=1e-12)


def test_of_a_picture_the_laws_are_mixed_over_what_it_may_be():
    """A square is four turns of itself: each law is a mean, weighted by the posterior."""
    square = tuple(zip(NAMES, (0, 5, 10, 16, 16), strict=True))
    asked = replace(ASKED, story="chain", sprite=square, do=(("scale", 0),), evidence="image")
    explorer = ce.load("scm-vae").with_story("chain")
    posterior = asked.ask(explorer).posterior
    kept = posterior.probabilities > 1e-4 * posterior.probabilities[0]
    shares = posterior.probabilities[kept] / posterior.probabilities[kept].sum()
    assert len(shares) >= 2, "a symmetry"
    mixed = []
    for coupling in ("gumbel", "monotone"):
        rows = posterior.classes[kept].tolist()
        laws = [
            explorer.law(dict(zip(NAMES, row, strict=True)), {"scale": 0}, coupling) for row in rows
        ]
        mixed.append(
            {n: sum(s * own[n] for s, own in zip(shares, laws, strict=True)) for n in NAMES}
        )
    found = told(asked)
    for name in NAMES:
        expected = np.abs(mixed[0][name] - mixed[1][name]).sum() / 2
        assert found[name] == pytest.approx(expected, abs=1e-12), name
    assert max(found.values()) > 0.05
    packed = np.packbits(dsprites.render(np.array([[0, 5, 10, 16, 16]]))[0]).tobytes()
    assert told(replace(asked, evidence="upload", upload=packed)) == pytest.approx(found)


def test_laws_that_are_too_large_to_enumerate_are_none():
    """posY has two causes that move: its twin network has a table of 32² · (40 · 32)² numbers."""
    story = parse("edited", LARGE)
    explorer = ce.load("scm-vae").with_story(story)
    asked = replace(ASKED, evidence="factors", known=("posY",))
    with pytest.raises(TooLargeError, match="are enumerated"):
        explorer.law({"posY": HEART[4]}, {"shape": 0}, "gumbel")
    assert disagreement(asked, explorer) is None


def test_a_question_that_is_refused_is_not_too_large():
    """Whatever else is wrong is said, and not that too little is known."""
    for wrong in (replace(ASKED, do=(("shape", 7),)), replace(ASKED, do=(("colour", 0),))):
        with pytest.raises(ValueError, match=r"shape|colour"):
            told(wrong)


class Unsure:
    """A question whose evidence is many explanations."""

    pictured = True

    def __init__(self, probabilities):
        classes = np.stack([np.arange(len(probabilities)) // n % 3 for n in (1, 3, 9, 27, 81)], 1)
        self.posterior = Posterior(classes, np.array(probabilities), 1.0, dsprites.FACTORS)

    def ask(self, explorer):
        return self


def test_explanations_of_next_to_nothing_are_left_out_and_the_rest_shares_all():
    found = module._explained(Unsure([0.6, 0.39995, 0.00005]), None)
    assert [share for share, _ in found] == pytest.approx([0.6 / 0.99995, 0.39995 / 0.99995])
    assert [classes["shape"] for _, classes in found] == [0, 1]


def test_of_many_explanations_that_are_as_good_none_is_left_out():
    found = module._explained(Unsure([0.00009] * 200), None)
    assert len(found) == 200
    assert sum(share for share, _ in found) == pytest.approx(1)

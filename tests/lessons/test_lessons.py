"""Each lesson's claim, asserted from library calls of its own; and what all lessons share."""

import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.inference.agreement import iou, l1
from causal_explorer.inference.svi import SVISettings
from causal_explorer.lessons import (
    abduction,
    composition,
    couplings,
    doing,
    evidence,
    original,
    seeing,
    swap,
)
from causal_explorer.lessons.registry import LESSONS, lesson_named
from causal_explorer.metrics import composition as axiom
from causal_explorer.metrics.paths import sampled
from causal_explorer.models.window import WindowedBernoulli
from causal_explorer.sharing.link import from_params
from causal_explorer.sharing.words import small
from tests.metrics.small import GUMBEL, Perfect, sprites, world_of

INSTANT = [lesson for lesson in LESSONS if not lesson.steps]
HEART = {"shape": 2, "scale": 3, "orientation": 4, "posX": 10, "posY": 16}
LOW = HEART | {"posY": 22}
ROWS = np.arange(32)
ids = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
instant = pytest.mark.parametrize("lesson", INSTANT, ids=lambda lesson: lesson.id)


@cache
def opened(checkpoint, story):
    return ce.load(checkpoint, story)


@cache
def told(lesson):
    return lesson.tell(opened)


@pytest.fixture(scope="module")
def rerun():
    """The original as it was, once, and how often it was watched."""
    steps = []
    return original.LESSON.tell(opened, lambda step, _: steps.append(step)), steps


def apart(one, other, factor):
    return np.abs(one[factor] - other[factor]).sum() / 2


def numbers(sentence):
    """All numbers of a sentence, signs and superscripts apart."""
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\.?\d*", sentence)]


@ids
def test_a_link_opens_the_state_of_a_lesson(lesson):
    address = urlsplit(lesson.address(dsprites.FACTORS))
    assert address.path == f"./{lesson.page}"
    assert lesson.page in ("", "rungs")
    assert from_params(parse_qs(address.query), dsprites.FACTORS) == lesson.state
    assert parse_qs(address.query).get("view", [""]) == [lesson.view]


@ids
def test_a_lesson_is_found_by_its_id(lesson):
    assert lesson_named(lesson.id) is lesson
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", lesson.id)
    assert lesson.asked.endswith("?")


def test_there_are_eight_and_no_other():
    assert len({lesson.id for lesson in LESSONS}) == len(LESSONS) == 8
    for name in ("", "unknown", None, ["x"]):
        with pytest.raises(
            ValueError, match=r"^lesson=.* is unknown: it takes one of seeing-.*\.$"
        ):
            lesson_named(name)


@instant
def test_a_lesson_is_three_short_sentences_and_pictures(lesson):
    found = told(lesson)
    assert len(found.sentences) == 3
    for sentence in found.sentences:
        assert len(sentence) < 190
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0
        assert numbers(sentence)
    assert len(found.figures) % 4 == 0 or len(found.figures) == 6
    for figure in found.figures:
        assert figure.picture.shape == (64, 64)
        assert 0 <= figure.picture.min() <= figure.picture.max() <= 1
        assert figure.alt
    assert found.answer.endswith(".")


@instant
def test_a_truth_names_its_coupling(lesson):
    for figure in told(lesson).figures:
        if "ruth" in figure.title:
            assert lesson.state.coupling in figure.caption


@instant
def test_no_number_is_typed_in(lesson):
    """With another model and story in their place, a lesson tells other numbers."""

    def elsewhere(_checkpoint, story):
        return opened("scm-vae-mlp", "chain" if story == "default" else "shared-cause")

    assert lesson.tell(elsewhere).sentences != told(lesson).sentences


def test_seeing_is_not_doing():
    explorer = opened("scm-vae", "confounded")
    edges = explorer.story.graph.edges
    assert {("shape", "scale"), ("shape", "posY"), ("scale", "posY")} <= set(edges)
    see = [explorer.law(given={"scale": k}) for k in (0, 5)]
    do = [explorer.law(do={"scale": k}) for k in (0, 5)]
    seen, done = (ends[1]["posY"] @ ROWS - ends[0]["posY"] @ ROWS for ends in (see, do))
    assert seen > 5
    assert done < -5
    assert see[1]["shape"][2] > 0.9 > 0.4 > do[1]["shape"][2]
    first, second, third = told(seeing.LESSON).sentences
    for answer, mean in (
        (explorer.condition({"scale": 5}, 4_000), numbers(first)[1]),
        (explorer.intervention({"scale": 5}, 4_000), numbers(first)[3]),
    ):
        rows = answer.factors[:, 4]
        assert abs(rows.mean() - mean) < 5 * rows.std() / 4_000**0.5 + 0.05
    assert numbers(second) == [round(100 * see[1]["shape"][2]), round(100 * do[1]["shape"][2])]
    assert f"changes by +{seen:.1f} in the crowd and by −" in third
    assert third.endswith(f"where scale is set, by −{-done:.1f}.")


def test_simpsons_paradox_is_the_crowd_against_its_parts_and_nothing_is_done():
    explorer = opened("scm-vae", "confounded")
    ends = [
        [explorer.law(given={"scale": k, "shape": s})["posY"] @ ROWS for k in (0, 5)]
        for s in range(3)
    ]
    parts = [after - before for before, after in ends]
    third = told(seeing.LESSON).sentences[2]
    assert f"by −{-min(parts):.1f} to −{-max(parts):.1f} within a shape (Simpson's para" in third
    assert seeing.is_paradox(9.7, parts)
    assert not seeing.is_paradox(9.7, [-8.6, 0.1, -8.6])
    assert not seeing.is_paradox(0.0, [0.0, 0.0, 0.0])


def test_how_thin_positivity_is_and_how_many_pictures_it_takes():
    explorer = opened("scm-vae", "confounded")
    shape, share, both = seeing.rarest(explorer)
    assert shape == 0, "squares are hardly ever large"
    assert share == explorer.law(given={"shape": 0})["scale"][5]
    assert both == pytest.approx(share / 3)
    count = seeing.pictures_until(both)
    assert 1 - (1 - both) ** count >= 0.95 > 1 - (1 - both) ** (count - 1)
    answer = told(seeing.LESSON).answer
    assert f"it takes {count:,} to see one" in answer
    for granted in ("the shape is seen", "the graph is right", "every scale occurs"):
        assert granted in answer


def test_the_back_door_adjustment_is_do():
    explorer = opened("scm-vae", "confounded")
    assert all(change < -5 for change in seeing.within(explorer))
    done = [explorer.law(do={"scale": k})["posY"] @ ROWS for k in (0, 5)]
    assert seeing.adjusted(explorer) == pytest.approx(done[1] - done[0], abs=1e-9)


def test_without_a_common_cause_the_sign_stays():
    third = seeing.tell(lambda checkpoint, _: opened(checkpoint, "independent")).sentences[2]
    assert "Simpson" not in third
    assert numbers(third)[2:] == [0] * 4


def test_doing_is_not_imagining():
    explorer = opened("scm-vae", "default")
    done, imagined = explorer.law(do={"scale": 0}), explorer.law(LOW, {"scale": 0}, "monotone")
    assert done["shape"][2] < 0.4
    assert imagined["shape"][2] == pytest.approx(1)
    assert imagined["posY"] @ ROWS - done["posY"] @ ROWS > 3
    assert apart(done, imagined, "posY") > 0.7
    drawn = explorer.counterfactual(LOW, do={"scale": 0}, samples=4_000, coupling="monotone")
    rows = drawn.counterfactual[:, 4]
    third = numbers(told(doing.LESSON).sentences[2])
    assert third[1] == 100
    assert abs(rows.mean() - third[2]) < 5 * rows.std() / 4_000**0.5 + 0.05
    assert "lower than the population's" in told(doing.LESSON).sentences[2]
    other = explorer.law(LOW, {"scale": 0}, "gumbel")["posY"] @ ROWS
    assert abs(other - imagined["posY"] @ ROWS) > 3, "the coupling decides it"
    assert f"under gumbel it would be {other:.1f}" in told(doing.LESSON).answer


def test_without_abduction_another_question_is_answered():
    explorer = opened("scm-vae", "default")
    own = explorer.counterfactual(HEART, do={"shape": 0}, samples=1001, coupling="gumbel")
    fresh = explorer.intervention({"shape": 0}, 1001)
    theirs = explorer.counterfactual(HEART, do={"shape": 0}, samples=1001, coupling="monotone")
    assert theirs.iou > 0.99, "right, by the truth of its own coupling"
    assert iou(theirs.density, own.truth) < 0.5, "as far from the other truth as fresh noise"
    assert own.l1 < 1e-5 < 0.01 < l1(fresh.density, own.truth)
    assert own.iou > 0.99999 > 0.6 > iou(fresh.density, own.truth)
    first, second, _ = told(abduction.LESSON).sentences
    assert numbers(first)[-1] == round(own.iou, 3)
    assert numbers(second)[-5:-3] == [
        round(l1(fresh.density, own.truth), 5),
        round(iou(fresh.density, own.truth), 3),
    ]
    assert numbers(second)[-2:] == [
        round(l1(theirs.density, own.truth), 5),
        round(iou(theirs.density, own.truth), 3),
    ]
    assert abduction.singles(fresh, own.truth, explorer) < 0.5
    null = explorer.intervention({"shape": 2}, 1001)
    assert l1(null.density, own.original) > 0.01
    assert set(abduction.nulls(explorer)) == {"gumbel", "monotone"}
    assert all(answer.l1 == 0 for answer in abduction.nulls(explorer).values())


def test_ambiguous_evidence():
    explorer = opened("scm-vae", "independent")
    square = dsprites.render(np.array([[0, 5, 10, 16, 16]]))[0]
    hearts = dsprites.render(np.array([[2, 5, k, 16, 16] for k in (0, 10, 29, 39)]))
    answer = explorer.counterfactual(image=square, do={"shape": 2}, samples=1001)
    assert sorted(answer.posterior.classes[:, 2].tolist()) == [0, 10, 29, 39]
    np.testing.assert_allclose(answer.posterior.probabilities, 0.25, atol=1e-3)
    assert not answer.descendants
    np.testing.assert_array_equal(hearts[0], hearts[3])
    assert len(np.unique(hearts, axis=0)) == 3
    assert np.abs(hearts.mean(0) - answer.truth).max() < 5 * (0.25 / 1001) ** 0.5
    assert l1(hearts[0], answer.truth) > 100 * answer.l1
    first, second, _ = told(evidence.LESSON).sentences
    assert numbers(first) == [4, 0, 25, 10, 25, 29, 25, 39, 25]
    assert numbers(second) == [3, 0, 39, 50, 10, 25, 29, 25]
    law = opened("scm-vae", "default").explain(square).law("orientation")
    assert law[0] + law[39] > 0.99
    assert "default the same image gives 0 (50" in told(evidence.LESSON).answer


@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
def test_a_couplings_own_twin_network_gives_the_laws_of_the_population(coupling):
    """`law` of rungs 1 and 2 never asks for the coupling: an oracle for what the lesson sums."""
    explorer = opened("scm-vae", "default")
    for found, oracle in (
        (couplings.seen(explorer, coupling), explorer.law(given={"scale": 3})),
        (couplings.done(explorer, coupling), explorer.law(do={"scale": 0})),
    ):
        for name, law in oracle.items():
            np.testing.assert_allclose(found[name], law, atol=1e-12)


def test_couplings_that_data_cannot_tell_apart():
    explorer = opened("scm-vae", "default")
    laws = [explorer.law(LOW, {"scale": 0}, name) for name in ("gumbel", "monotone")]
    assert apart(*laws, "posY") > 0.5
    drawn = [
        explorer.counterfactual(LOW, do={"scale": 0}, samples=4_000, coupling=name)
        for name in ("gumbel", "monotone")
    ]
    assert drawn[1].counterfactual[:, 4].mean() - drawn[0].counterfactual[:, 4].mean() > 2
    first, second, third = told(couplings.LESSON).sentences
    for sentence in (first, second):
        assert sentence.endswith(" 0.") or re.search(r"10⁻¹[⁵⁶⁷⁸⁹]\.$", sentence)
    assert round(100 * apart(*laws, "posY")) in numbers(third)


def test_the_effect_on_the_treated_is_the_same_under_every_coupling():
    explorer = opened("scm-vae", "confounded")
    treated = [
        explorer.law({"scale": 5}, {"scale": 0}, name)["posY"] @ ROWS
        for name in ("gumbel", "monotone")
    ]
    shares = explorer.law(given={"scale": 5})["shape"]
    means = [explorer.law(given={"shape": s, "scale": 0})["posY"] @ ROWS for s in range(3)]
    assert treated == pytest.approx([shares @ means] * 2), "Σ p(shape | treated) E[posY | …]"
    apart = couplings.treated(opened("scm-vae", "default"))
    np.testing.assert_allclose(apart["gumbel"]["posY"], apart["monotone"]["posY"], atol=1e-12)
    assert "5.2 under gumbel and 5.2 under monotone" in told(couplings.LESSON).answer


def test_swap_the_story_keep_the_model():
    one, other = ce.load("scm-vae", "default"), ce.load("scm-vae", "independent")
    swap_one, swap_other = (e.counterfactual(HEART, do={"shape": 0}) for e in (one, other))
    np.testing.assert_array_equal(swap_one.reconstruction, swap_other.reconstruction)
    assert l1(swap_one.density, swap_other.density) > 0.01
    assert min(swap_one.iou, swap_other.iou) > 0.98
    whole = [e.counterfactual(HEART, do=HEART | {"shape": 0}).density for e in (one, other)]
    np.testing.assert_array_equal(*whole)
    laws = [e.law(HEART, {"shape": 0}, "gumbel") for e in (one, other)]
    assert apart(*laws, "scale") > 0.5
    first, second, third = told(swap.LESSON).sentences
    assert numbers(first) == numbers(second) == [0]
    assert numbers(third)[0] == round(100 * max(apart(*laws, name) for name in HEART))
    assert swap.changed([one, other]) == (
        sum(p.numel() for p in one.checkpoint.model.parameters()),
        0,
    )


def test_a_changed_parameter_is_counted():
    one, other = ce.load("scm-vae"), ce.load("scm-vae")
    with torch.no_grad():
        next(iter(other.checkpoint.model.parameters())).view(-1)[0] += 1
    assert swap.changed([one, other])[1] == 1


def test_asking_for_what_is_so():
    ours, dense = opened("scm-vae", "default"), opened("scm-vae-mlp", "default")
    for explorer in (ours, dense):
        answer = explorer.counterfactual(HEART, do={"shape": "heart"})
        assert np.abs(answer.density - answer.original).max() < 1e-9
    assert composition.decoder_mean(ours, 10) < 1e-6 < 0.01 < composition.decoder_mean(dense)
    styled = opened("scm-vae-styled", "default")
    assert composition.blindness(ours) == 0, "whatever picture is asked about"
    assert min(composition.blindness(dense), composition.blindness(styled)) > 0.5
    assert 0 < composition.decoder_mean(styled) < 0.01
    x, v = composition.sprite(styled)
    assert x.sum() < opened("scm-vae", "default").checkpoint.dataset.render(v.numpy()).sum()
    _, second, third = told(composition.LESSON).sentences
    assert l1(answer.reconstruction, answer.original) > 0.01
    assert numbers(second)[-2] > 0.01
    assert f"by {small(composition.decoder_mean(dense))} with the exhibit" in third
    assert "but by 0 with scm-vae, whose z says nothing" in told(composition.LESSON).answer


class Grey(Perfect):
    """Every pixel on with probability a half."""

    def decode(self, v, z):
        return WindowedBernoulli(
            torch.zeros(len(v), 64, 64), torch.zeros(len(v), 2, dtype=torch.int64)
        )


def test_nothing_but_grey_passes_composition_with_the_pixels_noise():
    x, v = sprites(4)
    kept = sampled(world_of(Grey()), GUMBEL, torch.Generator().manual_seed(0))
    assert axiom.composition(kept, x, v) < 1e-9
    assert axiom.composition(Grey(), x, v) == pytest.approx(0.5)


def test_what_the_original_got_wrong(rerun):
    (first, second, third), answer = rerun[0].sentences, rerun[0].answer
    assert rerun[1] == list(range(1, SVISettings().steps + 1))
    exact = opened("scm-vae-mlp", "default").counterfactual(
        HEART, do={"shape": 0}, samples=1001, coupling="gumbel"
    )
    steps, _, _, svi_l1, svi_iou, _, _, exact_l1, exact_iou = numbers(first)
    assert steps == 1_500
    assert exact_l1 == round(exact.l1, 5) < svi_l1
    assert exact_iou == round(exact.iou, 3) > svi_iou + 0.1
    recovered, always = numbers(second)
    assert recovered < 5 < always == 100
    assert numbers(third)[0] > 10
    assert "in 0\u00a0% of the draws with SVI" in answer
    name, *classes = re.search(r"of (\w+) (\d+) it makes (\d+)\.", answer).groups()
    middle = (next(v.classes for v in dsprites.FACTORS if v.name == name) - 1) / 2
    given, made = (abs(int(k) - middle) for k in classes)
    assert made < given
    assert original.moved(exact) > 0.5


def test_a_shorter_run_tells_other_numbers(rerun, monkeypatch):
    monkeypatch.setattr(original, "SETTINGS", SVISettings(20))
    assert original.tell(opened).sentences[0].startswith("20 steps of SVI")

import numpy as np
import pytest
import torch

from causal_explorer.metrics.paths import decoder_mean, draw_answers, function_of, sampled
from causal_explorer.scm.actions import settings
from tests.metrics.small import GUMBEL, Blank, Perfect, rendered, sprites, world_of

X, V = sprites(70)  # more than one batch
_, V_CF = sprites(70, seed=1)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_both_paths_of_a_perfect_model_paint_the_truth():
    for f in (decoder_mean(Perfect()), sampled(world_of(Perfect()), GUMBEL, generator())):
        assert (f(X, V, V_CF) - rendered(V_CF)).abs().max() < 1e-6


def test_a_model_stands_for_its_decoder_mean():
    assert function_of(Blank())(X, V, V_CF).max() < 1e-6
    assert function_of(len) is len


def test_what_do_does_not_set_follows_from_its_noise():
    """Under the default story scale hangs on shape; with no edges everything else stays."""
    heart = torch.where(torch.arange(5) == 0, 2, V)
    kept = sampled(world_of(Perfect(), "independent"), GUMBEL, generator(), ("shape",))
    moved = sampled(world_of(Perfect(), "default"), GUMBEL, generator(), ("shape",))
    assert (kept(X, V, heart) - rendered(heart)).abs().max() < 1e-6
    assert (moved(X, V, heart) - rendered(heart)).abs().mean() > 1e-3


def test_questions_have_noise_of_their_own_and_a_seed_fixes_it():
    """Two hundred times the same question: under one seed for all, one answer."""
    x, v = X[:1].expand(200, -1, -1), V[:1].expand(200, -1)
    dos = [settings({"shape": int(V[0, 0] + 1) % 3})] * 200
    world = world_of(Perfect())
    first, again, other = (
        [a.counterfactual[0] for a in draw_answers(world, x, v, dos, GUMBEL, generator(seed))]
        for seed in (0, 0, 1)
    )
    assert len(np.unique(first, axis=0)) > 20
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_picture_that_contradicts_its_factors_is_answered():
    """What a bad model painted on the way is asked about all the same."""
    f = sampled(world_of(Perfect()), GUMBEL, generator())
    assert f(torch.zeros_like(X), V, V_CF).shape == X.shape


@pytest.mark.parametrize("soft", [0.2, 0.7])
def test_soft_pictures_are_rounded_for_the_engine(soft):
    f = sampled(world_of(Blank()), GUMBEL, generator())
    assert float(f(torch.full_like(X[:2], soft), V[:2], V[:2]).mean()) == round(soft)

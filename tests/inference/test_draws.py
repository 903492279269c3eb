from dataclasses import fields

import numpy as np
import pytest
import torch

from causal_explorer.data import dsprites
from causal_explorer.inference import draws as module
from causal_explorer.inference.draws import Draws, Mixture


def draws(count, distinct, seed=0):
    rng = np.random.default_rng(seed)
    table = dsprites.classes_of(rng.integers(0, dsprites.COUNT, distinct))
    return torch.from_numpy(table[rng.integers(0, distinct, count)])


def explained(count, explanations, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(explanations, (count,), generator=generator)


def test_collected_draws_are_the_draws_counted():
    """Each combination of answer, source and classes once, with how often it was drawn."""
    classes = torch.stack([draws(500, 7), draws(500, 30, seed=1)])
    sources = torch.stack([explained(500, 4), explained(500, 2, seed=1) + 4])
    found = Draws.of(classes, sources)
    counted = {}
    for answer in (0, 1):
        for row, source in zip(classes[answer].tolist(), sources[answer].tolist(), strict=True):
            key = answer, source, *row
            counted[key] = counted.get(key, 0) + 1
    columns = torch.cat([found.owners[:, None], found.sources[:, None], found.classes], dim=1)
    keys = [tuple(row) for row in columns.tolist()]
    assert dict(zip(keys, found.counts.tolist(), strict=True)) == counted
    assert len(set(keys)) == len(keys)
    assert found.owners.diff().ge(0).all()
    assert (found.answers, found.samples) == (2, 500)


def test_draws_without_sources_come_from_the_first():
    classes = draws(200, 9)[None]
    found = Draws.of(classes)
    assert found.sources.eq(0).all()
    assert found.classes.equal(Draws.of(classes, torch.zeros(1, 200).long()).classes)


def test_weights_are_the_draws_frequencies():
    classes = torch.stack([draws(500, 7), draws(500, 30, seed=1), draws(500, 1, seed=2)])
    mixture = Mixture.of(Draws.of(classes), 16)
    for answer, own in enumerate(classes):
        mine = mixture.owners == answer
        assert float(mixture.weights[mine].sum()) == pytest.approx(1, abs=1e-12)
        for row in torch.unique(own, dim=0):
            weight = mixture.weights[mine & (mixture.classes == row).all(1)].sum()
            assert float(weight) == pytest.approx(float((own == row).all(1).double().mean()))


def test_weights_of_explanations_are_their_frequencies():
    classes, sources = draws(500, 5)[None], explained(500, 3)[None]
    mixture = Mixture.of(Draws.of(classes, sources), 16)
    for source in range(3):
        weight = mixture.weights[mixture.sources == source].sum()
        assert float(weight) == pytest.approx(float((sources == source).double().mean()))


@pytest.mark.parametrize("latents", [2, 16, 125, 500])
def test_draws_of_z_are_dealt_out_as_the_combinations_are_drawn(latents):
    both = Draws.of(torch.stack([draws(500, 3), draws(500, 100)]))
    mixture = Mixture.of(both, latents)
    first = torch.cat([torch.ones(1).long(), mixture.members.diff()]) > 0
    expected = (latents * both.counts / 500).ceil().clamp(min=2)
    assert mixture.copies[first].equal(expected.long())
    assert mixture.copies[first].gt(2).any() == (latents > 2)


@pytest.mark.parametrize("latents", [2, 16, 500])
def test_no_two_rows_of_an_answer_share_a_draw_of_z(latents):
    mixture = Mixture.of(Draws.of(torch.stack([draws(500, 3), draws(500, 400)])), latents)
    for answer, used in enumerate(mixture.used(2)):
        assert mixture.latents[mixture.owners == answer].tolist() == list(range(used))
        assert latents <= used <= 1_000


def test_a_single_draw_of_z_is_decoded_once_with_each_combination():
    mixture = Mixture.of(Draws.of(draws(500, 100)[None]), 1)
    assert len(mixture.classes) == len(torch.unique(mixture.classes, dim=0))
    assert mixture.latents.eq(0).all()
    assert mixture.copies.eq(1).all()


@pytest.mark.parametrize("latents", [2, 3, 16])
@pytest.mark.parametrize("distinct", [1, 2, 5, 40])
def test_the_copies_of_a_combination_have_different_latents(latents, distinct):
    both = torch.stack([draws(300, distinct), draws(300, 3, seed=1)])
    mixture = Mixture.of(Draws.of(both, torch.stack([explained(300, 2)] * 2)), latents)
    for member in mixture.members.unique():
        own = mixture.members == member
        latent = mixture.latents[own]
        assert 2 <= len(latent) == len(latent.unique())
        assert mixture.copies[own].eq(len(latent)).all()
        for values in (mixture.classes, mixture.owners, mixture.sources):
            assert len(values[own].unique(dim=0)) == 1


@pytest.mark.parametrize("at_once", [16, 17, 50, 100_000])
def test_parts_are_the_whole_and_cut_no_combination(at_once, monkeypatch):
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    classes = torch.stack([draws(300, 1), draws(300, 3, seed=1), draws(300, 40, seed=2)])
    mixture = Mixture.of(Draws.of(classes), 40)
    parts = list(mixture.parts())
    assert all(len(part.members) <= at_once for part in parts)
    assert (len(parts) == 1) == (at_once > len(mixture.members))
    for field in fields(Mixture)[:-1]:
        pieces = [getattr(part, field.name) for part in parts]
        assert torch.cat(pieces).equal(getattr(mixture, field.name)), field.name
    assert all(part.samples == 300 for part in parts)
    members = [set(part.members.tolist()) for part in parts]
    assert sum(map(len, members)) == len(set.union(*members))
    for part in parts:
        assert part.copies.equal(torch.bincount(part.members)[part.members])

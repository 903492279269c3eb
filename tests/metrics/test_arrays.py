"""Every metric takes nested lists as it takes arrays, and refuses what is no array of numbers."""

import numpy as np
import pytest
import torch

from causal_explorer.data import styled_sprites
from causal_explorer.data.dsprites import FACTORS
from causal_explorer.metrics.active_units import active, moving
from causal_explorer.metrics.composition import composition
from causal_explorer.metrics.dci import dci, disentangled
from causal_explorer.metrics.effectiveness import Shown, effectiveness
from causal_explorer.metrics.graph_recovery import structural_hamming_distance
from causal_explorer.metrics.importance import bound
from causal_explorer.metrics.leakage import leakage
from causal_explorer.metrics.mic import mic_tic
from causal_explorer.metrics.mig import mutual_information, mutual_information_gap
from causal_explorer.metrics.probe import probe
from causal_explorer.metrics.queries import random_queries
from causal_explorer.metrics.reader import Reader
from causal_explorer.metrics.reversibility import reversibility
from causal_explorer.metrics.style import style_kept
from causal_explorer.metrics.treatment_effect import baselines, effect_errors

RNG = np.random.default_rng(0)
V = RNG.integers((2, 3), size=(60, 2))
Z = V + 0.1 * RNG.normal(size=(60, 2))
T, Y = V[:, 0], Z.sum(1)
X = RNG.integers(2, size=(3, 64, 64))
UNITS = np.tile(np.array([[2, 3, 4, 10, 16, 0, 0, 0]]), (2, 1))
TRUE = np.array([[0, 1], [0, 0]])


def doubled(x, v, v_cf):
    """A counterfactual function that halves what it sees."""
    return x / 2


def probed(z, v):
    return probe((z, v), (z, v), FACTORS[:2], torch.Generator().manual_seed(0))


READER = Reader(np.packbits(X.reshape(3, -1), axis=1), V[:3])


def effective(pictures, wanted):
    return effectiveness(("a", "b"), {"a": Shown(pictures, wanted)}, READER)


CALLS = {
    "dci": (lambda z, v: dci((z, v), (z, v)), (Z, V)),
    "disentangled": (disentangled, (np.array([[3.0, 0.0], [0.5, 0.5]]),)),
    "mig": (mutual_information_gap, (Z, V)),
    "information": (mutual_information, (V[:, 0], V[:, 1])),
    "mic": (mic_tic, (Z[:, 0], Y)),
    "leakage": (leakage, (Z, T)),
    "effects": (effect_errors, (Y, Z[:, 0])),
    "baselines": (lambda z, t, y: baselines((z, t, y), z), (Z, T, Y)),
    "graphs": (structural_hamming_distance, (TRUE, TRUE.T)),
    "active": (lambda nats: active([nats]), (np.array([0.5, 0.001]),)),
    "moving": (moving, (Z,)),
    "bound": (bound, (Z,)),
    "probe": (probed, (Z, V)),
    "reader": (READER.read, (X[0],)),
    "style": (style_kept, (styled_sprites.render(UNITS), UNITS)),
    "composition": (lambda x, v: composition(doubled, x, v), (X, V[:3])),
    "reversibility": (lambda x, v: reversibility(doubled, x, v, v), (X, V[:3])),
    "queries": (lambda rows: random_queries(rows, 3), (np.arange(0, 700_000, 7),)),
    "effectiveness": (effective, (X, V[:3])),
}
pytestmark = pytest.mark.parametrize("name", CALLS)


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, tuple):
        return all(map(same, one, other))
    return (
        np.array_equal(one, other) if isinstance(one, np.ndarray | torch.Tensor) else one == other
    )


def test_nested_lists_are_arrays(name):
    call, given = CALLS[name]
    assert same(call(*(each.tolist() for each in given)), call(*given))


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.parametrize(
    "strange",
    [[[1, 2], [3]], [["a"]], None, "words", [[1 + 2j]]],
    ids=["ragged", "a", "None", "w", "j"],
)
def test_what_is_no_array_of_numbers_is_one_sentence(name, place, strange):
    call, given = CALLS[name]
    wrong = list(given)
    wrong[place] = strange
    with pytest.raises(ValueError, match=r"^[^\n]{10,250}\.$") as found:
        call(*wrong)
    assert "inhomogeneous" not in str(found.value)


@pytest.mark.parametrize("place", [0, -1])
@pytest.mark.parametrize(
    "change", [lambda a: a[None], lambda a: a.ravel()[0]], ids=["deep", "flat"]
)
def test_another_shape_is_one_sentence(name, place, change):
    call, given = CALLS[name]
    wrong = list(given)
    wrong[place] = change(wrong[place])
    with pytest.raises(ValueError, match=r"^[^\n]{10,300}\.$"):
        call(*wrong)

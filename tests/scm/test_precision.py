"""Tables with the smallest probabilities that a story may hold, against fractions."""

from itertools import product

import numpy as np
import pytest
import torch

from causal_explorer.scm.actions import Replace, Set, Shift
from causal_explorer.scm.coupling import COUPLINGS, _start
from causal_explorer.scm.law import counterfactual_law, joint_law, population_law
from causal_explorer.scm.mechanisms import SMALLEST, Mechanism, mechanism
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.variables import Variable
from tests.scm import exact
from tests.scm.small import generator

KINDS = {
    "nominal": Variable("v", tuple(map(float, range(5))), kind="nominal"),
    "ordinal": Variable("v", tuple(map(float, range(6)))),
    "ring": Variable("v", tuple(2 * np.pi * k / 7 for k in range(7)), "rad", "circular"),
    "closed ring": Variable(
        "v", tuple(np.linspace(0, 2 * np.pi, 6)), "rad", "circular", closed=True
    ),
}
every_coupling = pytest.mark.parametrize("name", COUPLINGS)
every_kind = pytest.mark.parametrize("variable", KINDS.values(), ids=KINDS)


def law_in_fractions(name):
    def couple(variable, row, k, changed):
        if name == "gumbel":
            return exact.gumbel(row, k, changed)
        first, now = (int(_start(variable, torch.from_numpy(r)[None])) for r in (row, changed))
        return exact.monotone(row, k, changed, first, now)

    return couple


def pairs(variable, count, seed):
    """Rows and rows under other parents: others, the same but for two entries, and the same."""
    rng = np.random.default_rng(seed)
    rows = exact.random_rows(rng, count, variable.classes)
    changed = exact.random_rows(rng, count, variable.classes)
    for i in range(0, count, 3):
        changed[i] = rows[i]
        a, b = rng.permutation(variable.classes)[:2]
        changed[i, [a, b]] = changed[i, [b, a]]
    changed[::7] = rows[::7]
    return rows, changed


@every_coupling
@every_kind
def test_the_law_of_a_coupling_is_that_of_fractions(name, variable):
    rows, changed = pairs(variable, 60, 1)
    observed = np.random.default_rng(2).integers(0, variable.classes, 60)
    found = COUPLINGS[name].law(variable, *map(torch.from_numpy, (rows, observed, changed)))
    wanted = [
        list(map(float, law_in_fractions(name)(variable, *case)))
        for case in zip(rows, map(int, observed), changed, strict=True)
    ]
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-14)
    np.testing.assert_allclose(found.sum(1), 1, rtol=0, atol=1e-14)


def test_one_in_a_thousand_million_between_two_halves_keeps_its_share():
    """F alone has no digits left for the share of such a class."""
    variable = KINDS["ordinal"]
    row = np.array([0.5, SMALLEST, 0.5 - 4 * SMALLEST, SMALLEST, SMALLEST, SMALLEST])
    changed = row + np.array([SMALLEST / 4, 0, -SMALLEST / 4, 0, 0, 0])
    found = COUPLINGS["monotone"].law(
        variable, torch.from_numpy(row)[None], torch.tensor([1]), torch.from_numpy(changed)[None]
    )
    wanted = exact.monotone(row, 1, changed, 0, 0)
    np.testing.assert_allclose(found[0], list(map(float, wanted)), rtol=0, atol=1e-14)
    assert float(wanted[0]) == pytest.approx(0.25, abs=1e-6)


@every_coupling
@every_kind
def test_abduction_gives_back_every_class_however_improbable(name, variable):
    rows, _ = pairs(variable, 4_000, 3)
    rows = torch.from_numpy(rows)
    for k in range(variable.classes):
        observed = torch.full((4_000,), k)
        noise = COUPLINGS[name].abduct(variable, rows, observed, generator(k))
        assert noise.isfinite().all()
        assert COUPLINGS[name].assign(variable, rows, noise).equal(observed)


@every_kind
@pytest.mark.parametrize("share", [0.0, 0.25, 0.75, 1 - 2**-53])
def test_monotone_noise_lies_in_the_interval_of_its_class(variable, share, monkeypatch):
    rows, _ = pairs(variable, 50, 4)
    monkeypatch.setattr(
        torch, "rand", lambda count, **_: torch.full((count,), share, dtype=torch.float64)
    )
    starts = _start(variable, torch.from_numpy(rows)).tolist()
    for k in range(variable.classes):
        found = COUPLINGS["monotone"].abduct(
            variable, torch.from_numpy(rows), torch.full((50,), k), generator()
        )
        for row, start, u in zip(rows, starts, found.tolist(), strict=True):
            p = exact.fractions(row)
            ring = [(start + i) % len(p) for i in range(len(p))]
            low = sum(p[i] for i in ring[: ring.index(k)])
            assert u == pytest.approx(float(low + p[k] * exact.Fraction(share)), abs=2e-15)


@pytest.mark.parametrize("share", [1e-12, 0.25, 0.75])
def test_gumbel_noise_is_that_of_the_race(share, monkeypatch):
    """With all waits alike, E: k at E, the others at E + E / p; noise is -log(p time)."""
    variable = KINDS["nominal"]
    rows, _ = pairs(variable, 50, 5)
    monkeypatch.setattr(
        torch, "rand", lambda shape, **_: torch.full(shape, share, dtype=torch.float64)
    )
    wait = -np.log(share)
    for k in range(variable.classes):
        found = COUPLINGS["gumbel"].abduct(
            variable, torch.from_numpy(rows), torch.full((50,), k), generator()
        )
        wanted = -np.log(rows * wait + wait * (np.arange(variable.classes) != k))
        np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-13)


A, B = (Variable(n, (0.0, 1.0, 2.0)) for n in "ab")
RING = Variable("c", tuple(np.linspace(0, 2 * np.pi, 4)), "rad", "circular", closed=True)
W = Variable("w", (0.0, 1.0))


def story(seed):
    """a → b → c, and a hidden w → a, w → c, with entries down to the smallest."""
    rng = np.random.default_rng(seed)
    return SCM(
        "tiny",
        "",
        (RING, A, B),
        {
            "a": mechanism(("w",), exact.random_rows(rng, 2, 3)),
            "b": mechanism(("a",), exact.random_rows(rng, 3, 3)),
            "c": mechanism(("b", "w"), exact.random_rows(rng, 3, 2, 4)),
            "w": mechanism((), exact.random_rows(rng, 2)),
        },
        hidden=(W,),
    )


OTHER = Replace(mechanism(("a",), exact.random_rows(np.random.default_rng(9), 3, 3)))
DOS = [{"a": Set(1)}, {"b": Shift(1)}, {"c": Shift(2)}, {"a": Shift(-1), "c": Shift(1)}]
DOS += [{"b": OTHER}, {"b": Shift(0), "c": Shift(0)}]
GIVEN = [{}, {"c": 0}, {"a": 2, "b": 0}, {"a": 0, "b": 1, "c": 3}]


@every_coupling
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("do", DOS, ids=lambda do: " ".join(do))
def test_counterfactuals_are_those_of_fractions(name, seed, do):
    own = story(seed)
    for given in GIVEN:
        found = counterfactual_law(own, COUPLINGS[name], given, do)
        wanted = exact.counterfactual(own, law_in_fractions(name), given, do)
        for factor, law in found.items():
            np.testing.assert_allclose(law, list(map(float, wanted[factor])), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_seeing_and_doing_are_those_of_fractions(seed):
    """Rung 1 is a counterfactual without a change; rung 2 one of nobody in particular."""
    own = story(seed)
    for given, do in [*((g, {}) for g in GIVEN), *(({}, d) for d in DOS)]:
        found = population_law(own, given, do)
        wanted = exact.counterfactual(own, law_in_fractions("gumbel"), given, do)
        for factor, law in found.items():
            np.testing.assert_allclose(law, list(map(float, wanted[factor])), rtol=1e-11, atol=0)


def test_the_joint_is_that_of_fractions():
    own = story(0)
    tables = {n: m.table.numpy() for n, m in own.mechanisms.items()}
    joint = own.log_joint().exp()
    for c, a, b, w in product(range(4), range(3), range(3), range(2)):
        rows = tables["a"][w], tables["b"][a], tables["c"][b, w], tables["w"]
        p = [exact.fractions(row)[k] for row, k in zip(rows, (a, b, c, w), strict=True)]
        assert float(joint[c, a, b, w]) == pytest.approx(float(np.prod(p)), rel=1e-12)
    torch.testing.assert_close(joint_law(own, "a", "b"), joint.sum((0, 3)), rtol=1e-12, atol=0)
    torch.testing.assert_close(joint_law(own, "b", "c"), joint.sum((1, 3)).T, rtol=1e-12, atol=0)


@every_coupling
@pytest.mark.parametrize("seed", range(3))
def test_a_shift_by_nothing_moves_nobody(name, seed):
    own, coupling = story(seed), COUPLINGS[name]
    for a, b, c, w in product(range(3), range(3), range(4), range(2)):
        seen = {n: torch.full((20,), k) for n, k in zip("abcw", (a, b, c, w), strict=True)}
        noise = own.abduct(seen, coupling, generator())
        again = own.predict(noise, coupling, {n: Shift(0) for n in "abc"})
        assert all(again[n].equal(seen[n]) for n in seen)


def test_the_least_that_a_joint_of_twenty_variables_holds_is_no_zero():
    """Evidence of the smallest probability in every table still has a law."""
    names = [f"v{i}" for i in range(20)]
    row = [1 - SMALLEST, SMALLEST]
    tables = {
        n: mechanism(names[i - 1 : i] if i else (), [row, row] if i else row)
        for i, n in enumerate(names)
    }
    chain = SCM("chain", "", tuple(Variable(n, (0.0, 1.0)) for n in names), tables)
    given = dict.fromkeys(names[:-1], 1)
    assert float(population_law(chain, given, {})["v19"][1]) == pytest.approx(SMALLEST, rel=1e-9)
    told = counterfactual_law(chain, COUPLINGS["monotone"], given, {"v0": Set(0)})
    assert float(told["v19"][1]) == pytest.approx(SMALLEST, rel=1e-9)


@pytest.mark.parametrize("entry", [9.9e-10, 1e-16, 5e-324, 0.0, -1e-9])
def test_what_is_smaller_is_refused_in_a_sentence(entry):
    with pytest.raises(ValueError, match=r"^The row under a = 1 gives class 2 .* possible under"):
        mechanism(("a",), [[0.2, 0.3, 0.5], [0.5, 0.5 - entry, entry]])
    assert mechanism((), [1 - SMALLEST, SMALLEST]).table[1] == SMALLEST


def test_a_row_that_misses_one_is_divided_by_its_sum_once():
    rows = [[0.5, 0.5 - 1e-9 + 5e-10, 1e-9], [0.25, 0.25, 0.5]]
    found = mechanism(("a",), rows)
    np.testing.assert_allclose(found.table[0], np.array(rows[0]) / sum(rows[0]), rtol=1e-15)
    assert found.table[1].tolist() == rows[1], "what adds up stays as it is, to the last digit"
    assert Mechanism(("a",), found.table).table.equal(found.table)

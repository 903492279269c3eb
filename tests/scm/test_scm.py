import itertools

import pytest
import torch

from causal_explorer.scm.actions import Replace, Set, Shift, settings
from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.law import population_law
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.scm import SCM
from tests.scm.small import A, B, confounded_scm, five_sigma, generator, law, small_scm

DRAWS = 40_000


def brute_joint(story, do):
    """p(v | do) by the product of table entries, a combination at a time."""
    joint = torch.zeros(5, 3, 4, dtype=torch.float64)
    tables = {name: mechanism.table for name, mechanism in story.mechanisms.items()}
    for c, a, b in itertools.product(range(5), range(3), range(4)):
        value = {"a": a, "b": b, "c": c}
        p = 1.0
        for name, entry in {
            "a": tables["a"][a],
            "b": tables["b"][a, b],
            "c": tables["c"][b, a, c],
        }.items():
            p *= float(value[name] == do[name]) if name in do else float(entry)
        joint[c, a, b] = p
    return joint


def marginals(joint):
    """Of c, a and b."""
    return {name: joint.sum([i for i in range(3) if i != axis]) for axis, name in enumerate("cab")}


@pytest.mark.parametrize("given", [{}, {"a": 1}, {"b": 0}, {"c": 4}, {"a": 2, "c": 0}], ids=str)
def test_log_joint_is_the_product_of_the_tables_where_it_is_as_given(given):
    story = small_scm()
    chosen = tuple(slice(given[n], given[n] + 1) if n in given else slice(None) for n in "cab")
    torch.testing.assert_close(story.log_joint(given).exp(), brute_joint(story, {})[chosen])


@pytest.mark.parametrize("do", [{}, {"a": 1}, {"b": 0}, {"c": 4}, {"a": 2, "c": 0}], ids=str)
def test_the_law_of_doing_is_the_truncated_product(do):
    """Pearl 2009, equation 1.37."""
    story = small_scm()
    found = population_law(story, {}, settings(do))
    for name, exact in marginals(brute_joint(story, do)).items():
        torch.testing.assert_close(found[name], exact)


@pytest.mark.parametrize("name", COUPLINGS)
@pytest.mark.parametrize("do", [{}, {"a": 1}, {"b": 0}, {"a": 2, "c": 0}], ids=str)
def test_prediction_from_prior_noise_has_the_enumerated_law(name, do):
    story, coupling = small_scm(), COUPLINGS[name]
    noise = story.draw_noise(DRAWS, coupling, generator())
    classes = story.predict(noise, coupling, settings(do))
    exact = brute_joint(story, do)
    flat = (classes["c"] * 3 + classes["a"]) * 4 + classes["b"]
    found = law(flat, exact.numel()).view_as(exact)
    assert (found - exact).abs().le(five_sigma(exact, DRAWS)).all()
    for factor, share in marginals(exact).items():
        found = law(classes[factor], len(share))
        assert (found - share).abs().le(five_sigma(share, DRAWS)).all()


@pytest.mark.parametrize("name", COUPLINGS)
def test_the_null_intervention_gives_the_evidence_back(name):
    story, coupling = small_scm(), COUPLINGS[name]
    seen = story.predict(story.draw_noise(DRAWS, coupling, generator(1)), coupling)
    noise = story.abduct(seen, coupling, generator(2))
    again = story.predict(noise, coupling)
    assert all(again[v.name].equal(seen[v.name]) for v in story.variables)


@pytest.mark.parametrize("name", COUPLINGS)
def test_doing_what_is_so_changes_nothing(name):
    """Consistency: do(v = its factual value) leaves every factor as it was."""
    story, coupling = small_scm(), COUPLINGS[name]
    seen = {"a": torch.full((500,), 1), "b": torch.full((500,), 2), "c": torch.full((500,), 3)}
    noise = story.abduct(seen, coupling, generator())
    for variable in story.variables:
        do = {variable.name: Set(int(seen[variable.name][0]))}
        again = story.predict(noise, coupling, do)
        assert all(again[k].equal(seen[k]) for k in seen)
        do = {variable.name: Replace(story.mechanisms[variable.name])}
        again = story.predict(noise, coupling, do)
        assert all(again[k].equal(seen[k]) for k in seen), "nor does its own mechanism"


@pytest.mark.parametrize("name", COUPLINGS)
def test_only_descendants_move(name):
    story, coupling = small_scm(), COUPLINGS[name]
    seen = {"a": torch.full((500,), 1), "b": torch.full((500,), 2), "c": torch.full((500,), 3)}
    changed = story.predict(story.abduct(seen, coupling, generator()), coupling, {"b": Set(0)})
    assert changed["a"].equal(seen["a"])
    assert changed["b"].eq(0).all()
    assert not changed["c"].equal(seen["c"])


@pytest.mark.parametrize("name", COUPLINGS)
def test_a_shift_moves_what_the_mechanism_gave_and_its_effects_follow(name):
    story, coupling = small_scm(), COUPLINGS[name]
    noise = story.draw_noise(DRAWS, coupling, generator())
    plain, shifted = (story.predict(noise, coupling, do) for do in ({}, {"b": Shift(2)}))
    assert shifted["a"].equal(plain["a"])
    assert shifted["b"].equal((plain["b"] + 2).clamp(max=3))
    kept = shifted["b"] == plain["b"]
    assert shifted["c"][kept].equal(plain["c"][kept])
    assert not shifted["c"].equal(plain["c"])


def test_a_replaced_mechanism_reads_the_same_noise():
    """Of an inverse CDF over four equal classes, the noise's own quarter."""
    story, coupling = small_scm(), COUPLINGS["monotone"]
    noise = story.draw_noise(1_000, coupling, generator())
    flat = Replace(mechanism((), [0.25] * 4))
    found = story.predict(noise, coupling, {"b": flat})
    assert found["b"].equal((4 * noise["b"]).long())
    assert found["a"].equal(story.predict(noise, coupling)["a"])


@pytest.mark.parametrize("make", [small_scm, confounded_scm])
@pytest.mark.parametrize("given", [{}, {"b": 0}, {"a": 2, "c": 0}], ids=str)
def test_draws_have_the_conditional_law(make, given):
    story = make()
    drawn = story.draw(given, DRAWS, generator())
    joint = story.log_joint(given).exp()
    for axis, variable in enumerate(story.all):
        own = joint.sum([i for i in range(joint.ndim) if i != axis]) / joint.sum()
        exact = torch.zeros(variable.classes, dtype=torch.float64)
        exact[slice(None) if len(own) > 1 else given[variable.name]] = own
        found = law(drawn[variable.name], variable.classes)
        assert (found - exact).abs().le(five_sigma(exact, DRAWS)).all(), variable.name


def test_the_probability_of_units_is_their_entry_of_the_joint():
    story = confounded_scm()
    joint = story.log_joint()
    classes = story.draw({}, 500, generator())
    columns = [classes[v.name] for v in story.all]
    torch.testing.assert_close(story.log_prob(classes), joint[tuple(columns)])
    seen = {v.name: classes[v.name] for v in story.variables}
    torch.testing.assert_close(story.log_evidence(seen), joint.logsumexp(-1)[tuple(columns[:-1])])
    plain = small_scm()
    seen = plain.draw({}, 500, generator())
    assert plain.log_evidence(seen).equal(plain.log_prob(seen))


def test_hidden_causes_are_completed_by_their_posterior():
    story = confounded_scm()
    seen = {k: torch.full((DRAWS,), v) for k, v in {"a": 1, "b": 2, "c": 3}.items()}
    whole = story.complete(seen, generator())
    assert all(whole[name].equal(column) for name, column in seen.items())
    exact = story.log_joint({"a": 1, "b": 2, "c": 3}).flatten().softmax(0)
    found = law(whole["w"], 3)
    assert (found - exact).abs().le(five_sigma(exact, DRAWS)).all()
    assert not (found - story.mechanisms["w"].table).abs().le(five_sigma(exact, DRAWS)).all()
    plain = small_scm()
    assert plain.complete(seen, generator()) is seen


def test_each_unit_is_completed_by_its_own_posterior():
    """Units in a row are not mixed up: of each kind, the draws have that kind's law."""
    story = confounded_scm()
    seen = {
        "a": torch.tensor([0, 1, 2]),
        "b": torch.tensor([3, 2, 0]),
        "c": torch.tensor([4, 3, 1]),
    }
    many = {name: column.repeat(DRAWS) for name, column in seen.items()}
    hidden = story.complete(many, generator())["w"].view(DRAWS, 3)
    for unit in range(3):
        given = {name: int(column[unit]) for name, column in seen.items()}
        exact = story.log_joint(given).flatten().softmax(0)
        assert (law(hidden[:, unit], 3) - exact).abs().le(five_sigma(exact, DRAWS)).all()


def test_stack_and_unstack_are_inverses():
    story = small_scm()
    table = torch.arange(12).view(4, 3)
    assert story.stack(story.unstack(table)).equal(table)
    assert story.unstack(table)["c"].equal(table[:, 0]), "columns keep the variables' order"


def test_a_missing_mechanism_and_a_wrong_table_are_refused():
    with pytest.raises(ValueError, match="Mechanisms were given for a"):
        SCM("bad", "", (A, B), {"a": mechanism((), [0.5, 0.25, 0.25])})
    with pytest.raises(ValueError, match=r"table of b has shape \(3, 2\)"):
        SCM(
            "bad",
            "",
            (A, B),
            {"a": mechanism((), [0.5, 0.25, 0.25]), "b": mechanism(("a",), [[0.5, 0.5]] * 3)},
        )


@pytest.mark.parametrize("name", COUPLINGS)
def test_noise_of_what_cannot_move_is_not_needed(name):
    """Abducting the descendants alone has the law of abducting everything."""
    story, coupling = small_scm(), COUPLINGS[name]
    seen = {
        "a": torch.full((DRAWS,), 1),
        "b": torch.full((DRAWS,), 2),
        "c": torch.full((DRAWS,), 3),
    }
    whole = story.predict(story.abduct(seen, coupling, generator(1)), coupling, {"b": Set(0)})
    part = story.abduct(seen, coupling, generator(2), only={"c"})
    assert set(part) == {"c"}
    kept = {"a": seen["a"], "b": seen["b"]}
    quick = story.predict(part, coupling, {"b": Set(0)}, kept)
    assert quick["a"].equal(whole["a"])
    assert quick["b"].equal(whole["b"])
    p, q = law(whole["c"], 5), law(quick["c"], 5)
    assert (p - q).abs().le(five_sigma((p + q) / 2, DRAWS, DRAWS)).all()

import itertools

import pytest
import torch

from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.mechanisms import mechanism
from causal_explorer.scm.scm import SCM
from tests.scm.small import A, B, five_sigma, generator, law, small_scm

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


@pytest.mark.parametrize("do", [{}, {"a": 1}, {"b": 0}, {"c": 4}, {"a": 2, "c": 0}], ids=str)
def test_log_joint_is_the_truncated_product(do):
    """Pearl 2009, equation 1.37."""
    story = small_scm()
    torch.testing.assert_close(story.log_joint(do).exp(), brute_joint(story, do))


@pytest.mark.parametrize("name", COUPLINGS)
@pytest.mark.parametrize("do", [{}, {"a": 1}, {"b": 0}, {"a": 2, "c": 0}], ids=str)
def test_prediction_from_prior_noise_has_the_enumerated_law(name, do):
    story, coupling = small_scm(), COUPLINGS[name]
    classes = story.predict(story.draw_noise(DRAWS, coupling, generator()), coupling, do)
    joint = story.log_joint(do).exp()
    for axis, variable in enumerate(story.variables):
        exact = joint.sum([i for i in range(3) if i != axis])
        found = law(classes[variable.name], variable.classes)
        assert (found - exact).abs().le(five_sigma(exact, DRAWS)).all()


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
        again = story.predict(noise, coupling, {variable.name: int(seen[variable.name][0])})
        assert all(again[k].equal(seen[k]) for k in seen)


@pytest.mark.parametrize("name", COUPLINGS)
def test_only_descendants_move(name):
    story, coupling = small_scm(), COUPLINGS[name]
    seen = {"a": torch.full((500,), 1), "b": torch.full((500,), 2), "c": torch.full((500,), 3)}
    changed = story.predict(story.abduct(seen, coupling, generator()), coupling, {"b": 0})
    assert changed["a"].equal(seen["a"])
    assert changed["b"].eq(0).all()
    assert not changed["c"].equal(seen["c"])


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
    whole = story.predict(story.abduct(seen, coupling, generator(1)), coupling, {"b": 0})
    part = story.abduct(seen, coupling, generator(2), only={"c"})
    assert set(part) == {"c"}
    kept = {"a": seen["a"], "b": seen["b"]}
    quick = story.predict(part, coupling, {"b": 0}, kept)
    assert quick["a"].equal(whole["a"])
    assert quick["b"].equal(whole["b"])
    p, q = law(whole["c"], 5), law(quick["c"], 5)
    assert (p - q).abs().le(five_sigma((p + q) / 2, DRAWS, DRAWS)).all()

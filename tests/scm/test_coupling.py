import pytest
import torch

from causal_explorer.scm.coupling import COUPLINGS, coupling_named
from causal_explorer.scm.variables import Variable
from tests.scm.small import A, B, C, five_sigma, generator, law

DRAWS = 40_000
ROWS = {
    variable.name: torch.distributions.Dirichlet(torch.ones(variable.classes).double())
    for variable in (A, B, C)
}


def row(variable, seed):
    torch.manual_seed(seed)
    return ROWS[variable.name].sample()


@pytest.mark.parametrize("name", COUPLINGS)
@pytest.mark.parametrize("variable", [A, B, C], ids=lambda v: v.kind)
class TestEveryCoupling:
    def test_prior_noise_gives_the_row(self, name, variable):
        coupling, p = COUPLINGS[name], row(variable, 1)
        noise = coupling.draw(variable, DRAWS, generator())
        found = law(coupling.assign(variable, p.expand(DRAWS, -1), noise), variable.classes)
        assert (found - p).abs().le(five_sigma(p, DRAWS)).all()

    def test_pyro_prior_is_the_same_noise(self, name, variable):
        coupling, p = COUPLINGS[name], row(variable, 1)
        torch.manual_seed(0)
        noise = coupling.prior(variable).sample((DRAWS,))
        assert noise.shape == coupling.draw(variable, DRAWS, generator()).shape
        found = law(coupling.assign(variable, p.expand(DRAWS, -1), noise), variable.classes)
        assert (found - p).abs().le(five_sigma(p, DRAWS)).all()

    def test_assign_inverts_abduct(self, name, variable):
        coupling = COUPLINGS[name]
        torch.manual_seed(2)
        rows = ROWS[variable.name].sample((DRAWS,))
        observed = torch.randint(variable.classes, (DRAWS,))
        noise = coupling.abduct(variable, rows, observed, generator())
        assert coupling.assign(variable, rows, noise).equal(observed)

    def test_abducted_noise_averaged_over_the_row_is_the_prior(self, name, variable):
        """∫ p(u | v) p(v) dv = p(u), seen through another row."""
        coupling, p, q = COUPLINGS[name], row(variable, 3), row(variable, 4)
        torch.manual_seed(5)
        observed = torch.multinomial(p, DRAWS, replacement=True)
        noise = coupling.abduct(variable, p.expand(DRAWS, -1), observed, generator())
        found = law(coupling.assign(variable, q.expand(DRAWS, -1), noise), variable.classes)
        assert (found - q).abs().le(five_sigma(q, DRAWS)).all()

    def test_extreme_classes_occur_and_are_recovered(self, name, variable):
        coupling = COUPLINGS[name]
        p = torch.full((variable.classes,), 1e-6, dtype=torch.float64)
        p[0] = 1 - p[1:].sum()
        for k in range(variable.classes):
            rows, observed = p.expand(100, -1), torch.full((100,), k)
            noise = coupling.abduct(variable, rows, observed, generator(k))
            assert coupling.assign(variable, rows, noise).eq(k).all()

    def test_the_law_is_that_of_the_draws(self, name, variable):
        """From each class that may have been observed."""
        coupling, p, q = COUPLINGS[name], row(variable, 1), row(variable, 2)
        rows, changed = p.expand(DRAWS, -1), q.expand(DRAWS, -1)
        for k in range(variable.classes):
            observed = torch.full((DRAWS,), k)
            noise = coupling.abduct(variable, rows, observed, generator(k))
            found = law(coupling.assign(variable, changed, noise), variable.classes)
            exact = coupling.law(variable, rows[:1], observed[:1], changed[:1])[0]
            assert (found - exact).abs().le(five_sigma(exact, DRAWS)).all(), k

    def test_the_law_is_a_probability(self, name, variable):
        torch.manual_seed(3)
        rows, changed = (ROWS[variable.name].sample((5_000,)) for _ in range(2))
        observed = torch.randint(variable.classes, (5_000,))
        found = COUPLINGS[name].law(variable, rows, observed, changed)
        assert found.shape == (5_000, variable.classes)
        assert found.ge(0).all()
        torch.testing.assert_close(found.sum(1), torch.ones(5_000, dtype=torch.float64))

    def test_the_law_averaged_over_the_row_is_the_changed_row(self, name, variable):
        """Σ_k p(v' | v = k) p(v = k) = p(v'): the noise is that of the population."""
        torch.manual_seed(4)
        rows, changed = (ROWS[variable.name].sample((500,)) for _ in range(2))
        each = [
            COUPLINGS[name].law(variable, rows, torch.full((500,), k), changed)
            for k in range(variable.classes)
        ]
        mean = (torch.stack(each, dim=1) * rows[:, :, None]).sum(1)
        torch.testing.assert_close(mean, changed)

    def test_unchanged_rows_give_the_observed_class(self, name, variable):
        torch.manual_seed(5)
        rows = ROWS[variable.name].sample((500,))
        observed = torch.randint(variable.classes, (500,))
        found = COUPLINGS[name].law(variable, rows, observed, rows)
        certain = torch.nn.functional.one_hot(observed, variable.classes).double()
        torch.testing.assert_close(found, certain, rtol=0, atol=1e-12)

    def test_the_law_holds_where_classes_are_all_but_impossible(self, name, variable):
        p = torch.full((variable.classes,), 1e-9, dtype=torch.float64)
        p[0] = 1 - p[1:].sum()
        for k in range(variable.classes):
            found = COUPLINGS[name].law(variable, p[None], torch.tensor([k]), p.roll(1)[None])
            assert found.isfinite().all()
            assert found.ge(0).all()
            assert float(found.sum()) == pytest.approx(1)
        likely = COUPLINGS[name].law(variable, p[None], torch.tensor([0]), p.roll(1)[None])[0]
        assert float(likely[1]) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", COUPLINGS)
def test_the_law_check_can_fail(name):
    """The draws of one coupling are not of the other's law."""
    (other,) = (coupling for key, coupling in COUPLINGS.items() if key != name)
    rows, changed = row(B, 1).expand(DRAWS, -1), row(B, 2).expand(DRAWS, -1)
    observed = torch.full((DRAWS,), 1)
    noise = COUPLINGS[name].abduct(B, rows, observed, generator())
    found = law(COUPLINGS[name].assign(B, changed, noise), 4)
    wrong = other.law(B, rows[:1], observed[:1], changed[:1])[0]
    assert not (found - wrong).abs().le(five_sigma(wrong, DRAWS)).all()


def test_gumbel_counterfactual_stability():
    """Oberst and Sontag 2019, definition 2: no switch to a class whose odds did not rise."""
    coupling = COUPLINGS["gumbel"]
    before = torch.tensor([0.2, 0.3, 0.4, 0.1], dtype=torch.float64)
    after = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    observed = torch.full((DRAWS,), 1)
    noise = coupling.abduct(B, before.expand(DRAWS, -1), observed, generator())
    found = law(coupling.assign(B, after.expand(DRAWS, -1), noise), 4)
    assert found[2] == 0
    assert found[3] == 0
    assert found[0] > 0
    exact = coupling.law(B, before[None], observed[:1], after[None])[0]
    assert exact[2:].eq(0).all()
    # 1 arrived at T ~ Exp(1), 0 now does at T / 2 + E / 0.4: first if E < T / 5
    assert float(exact[0]) == pytest.approx(1 - 1 / 1.2)


def test_monotone_counterfactual_law_is_the_overlap_of_intervals():
    before = torch.tensor([0.2, 0.3, 0.4, 0.1], dtype=torch.float64)
    after = torch.tensor([0.4, 0.3, 0.2, 0.1], dtype=torch.float64)
    noise = COUPLINGS["monotone"].abduct(
        B, before.expand(DRAWS, -1), torch.full((DRAWS,), 1), generator()
    )
    found = law(COUPLINGS["monotone"].assign(B, after.expand(DRAWS, -1), noise), 4)
    # u is uniform on (0.2, 0.5): two thirds of it below 0.4
    exact = torch.tensor([2 / 3, 1 / 3, 0, 0], dtype=torch.float64)
    assert (found - exact).abs().le(five_sigma(exact, DRAWS)).all()


def test_monotone_keeps_order():
    rows, more = row(B, 6).expand(DRAWS, -1), row(B, 7).expand(DRAWS, -1)
    noise = COUPLINGS["monotone"].draw(B, DRAWS, generator()).sort().values
    for p in (rows, more):
        assert COUPLINGS["monotone"].assign(B, p, noise).diff().ge(0).all()


@pytest.mark.parametrize("turn", range(5))
def test_monotone_on_a_ring_turns_with_its_rows(turn):
    """No class of a ring is the lowest: turning both rows turns the counterfactual."""
    coupling, p, q = COUPLINGS["monotone"], row(C, 8), row(C, 9)
    observed = torch.full((1000,), 2)
    plain = coupling.assign(
        C, q.expand(1000, -1), coupling.abduct(C, p.expand(1000, -1), observed, generator())
    )
    p, q, observed = p.roll(turn), q.roll(turn), (observed + turn) % 5
    turned = coupling.assign(
        C, q.expand(1000, -1), coupling.abduct(C, p.expand(1000, -1), observed, generator())
    )
    assert turned.equal((plain + turn) % 5)


def test_an_unknown_coupling_is_refused():
    with pytest.raises(ValueError, match="coupling='copula' is unknown: it takes gumbel or mono"):
        coupling_named("copula")


TEN = Variable("ten", tuple(float(k) for k in range(10)))


def test_a_ring_opens_opposite_its_mean():
    """Low and high noise meet opposite the mean, not at it."""
    p = torch.tensor([0.6, 0.15, 0.05, 0.05, 0.15], dtype=torch.float64)
    for turn in range(5):
        noise = torch.tensor([1e-9, 0.5, 1 - 1e-9], dtype=torch.float64)
        low, middle, high = COUPLINGS["monotone"].assign(C, p.roll(turn).expand(3, -1), noise)
        assert middle == turn
        assert {int(low - turn) % 5, int(high - turn) % 5} == {2, 3}


def test_a_ring_without_a_mean_opens_at_one_place():
    uniform = torch.full((1, 5), 0.2, dtype=torch.float64)
    wobbled = uniform * (1 + 1e-15 * torch.randn(1, 5, dtype=torch.float64))
    noise = torch.linspace(0.01, 0.99, 50, dtype=torch.float64)
    coupling = COUPLINGS["monotone"]
    assert coupling.assign(C, uniform.expand(50, -1), noise).equal(
        coupling.assign(C, wobbled.expand(50, -1), noise)
    )


def test_noise_past_a_rounded_sum_is_the_last_class():
    """Ten tenths add up to less than the largest noise below 1."""
    rows = torch.full((1, 10), 0.1, dtype=torch.float64)
    largest = torch.tensor([1.0], dtype=torch.float64).nextafter(torch.zeros(1).double())
    assert COUPLINGS["monotone"].assign(TEN, rows, largest) == 9


@pytest.mark.parametrize("name", COUPLINGS)
@pytest.mark.parametrize("draw", [0.0, 1 - 2**-53], ids=["least", "most"])
def test_the_ends_of_the_uniform_are_harmless(name, draw, monkeypatch):
    rows = torch.full((10, 10), 0.1, dtype=torch.float64)
    observed = torch.arange(10)
    monkeypatch.setattr(
        torch, "rand", lambda *shape, **_: torch.full(_shape(shape), draw, dtype=torch.float64)
    )
    noise = COUPLINGS[name].abduct(TEN, rows, observed, generator())
    assert noise.isfinite().all()
    if name == "monotone":  # equal Gumbels tie, which has probability 0
        assert COUPLINGS[name].assign(TEN, rows, noise).equal(observed)


def _shape(shape):
    return shape[0] if isinstance(shape[0], tuple) else shape

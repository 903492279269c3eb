import pytest

from causal_explorer.sharing.words import figure


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.97041, "", "0.9704"),
        (12.345678, "%", "12.35 %"),
        (0.999991, "", "0.999991"),
        (1.0, None, "1"),
        (1.00002, "nats", "1.00002 nats"),
        (None, "nats", "–"),
        ("5 of 5", None, "5 of 5"),
    ],
)
def test_a_figure_has_four_digits_and_never_passes_for_1(value, unit, text):
    assert figure(value, unit) == text

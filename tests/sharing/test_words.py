import pytest

from causal_explorer.sharing.words import figure, small


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
        (0.00021, "L1 a pixel", "0.00021 L1 a pixel"),
        (2.016e-06, "L1 a pixel", "2\u00a0×\u00a010⁻⁶ L1 a pixel"),
    ],
)
def test_a_figure_has_four_digits_and_never_passes_for_1(value, unit, text):
    assert figure(value, unit) == text


def read(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (0.0118, "0.012"), (0.5, "0.5"), (2.2e-16, "2 × 10⁻¹⁶"), (4e-4, "4 × 10⁻⁴")],
)
def test_a_small_number(value, words):
    assert read(small(value)) == words

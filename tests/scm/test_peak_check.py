import pytest

from causal_explorer.data.dsprites import FACTORS
from causal_explorer.scm.parametric import Effect, Peak
from causal_explorer.scm.peak_check import check_peak

BY_NAME = {variable.name: variable for variable in FACTORS}
UP, TURN = Effect(slope=1.0), Effect(sine=1.0, cosine=-1.0)
VALUES = Effect(values=(0.0, 1.0, 2.0))


def check(name, peak):
    check_peak(BY_NAME[name], peak, [BY_NAME[cause] for cause in peak.effects])


@pytest.mark.parametrize(
    ("name", "peak"),
    [
        ("scale", Peak()),
        ("scale", Peak({"shape": VALUES, "orientation": TURN}, centre=2.0, spread=1.0)),
        ("orientation", Peak(centre=0.0)),  # where an arrow would put the peak
        ("orientation", Peak({"shape": VALUES}, concentration=(4.0, 0.0, 4.0))),
        ("shape", Peak({"posX": UP}, weights=(1.0, 2.0, 3.0))),
        ("shape", Peak({"posX": UP})),
    ],
)
def test_what_its_kind_reads_may_be_said(name, peak):
    check(name, peak)


@pytest.mark.parametrize(
    ("name", "peak", "said"),
    [
        ("scale", Peak({"shape": VALUES}), "its effects move nothing, .*: give it a spread"),
        ("scale", Peak(centre=2.0), "its centre moves nothing, .*: give it a spread"),
        ("scale", Peak(concentration=2.0), "concentration says nothing of scale, which is ordinal"),
        ("scale", Peak(spread=1.0, weights=(1.0,) * 6), "weights says nothing of scale"),
        ("orientation", Peak({"shape": VALUES}), "move nothing, .*: give it a concentration"),
        ("orientation", Peak(spread=2.0), "spread says nothing .* reads centre and concentration"),
        ("shape", Peak(spread=2.0), "spread says nothing of shape, which is nominal"),
        ("shape", Peak(centre=1.0), "centre says nothing of shape, .*: it reads weights"),
        ("scale", Peak(spread=0.05), "spread is 0.05: it takes a number from 0.1"),
        (
            "shape",
            Peak(weights=(1.0, 0.0, 1.0)),
            "weights is .*: it takes 3 positive numb",
        ),
        (
            "shape",
            Peak(weights=(1.0, 1.0)),
            "weights is .*1.0.: it takes 3 posit",
        ),
        (
            "orientation",
            Peak({"shape": VALUES, "scale": UP}, concentration=(4.0, 2.0, 4.0)),
            "concentration has 3 numbers, with shape, scale: concentration takes a number, or one",
        ),
        (
            "orientation",
            Peak({"shape": VALUES}, concentration=(4.0, 2.0)),
            "concentration has 2 numbers, with shape: concentration takes a number, or one for e",
        ),
        ("orientation", Peak(concentration=(4.0, 2.0)), "concentration has 2 numbers, with no cau"),
        ("posX", Peak({"scale": Effect(cosine=1.0)}, spread=1.0), "of an angle, and scale is ord"),
        ("posX", Peak({"shape": Effect(sine=1.0)}, spread=1.0), "effects.shape.sine is of an ang"),
        (
            "posX",
            Peak({"shape": Effect(slope=1.0, values=(0.0, 1.0, 2.0))}, spread=1.0),
            "effects.shape has values and slope: it takes one of them",
        ),
    ],
)
def test_what_nothing_reads_is_refused(name, peak, said):
    with pytest.raises(ValueError, match=said):
        check(name, peak)

"""What the pages ask of the systems."""

from causal_explorer.sharing.request import Request, choices
from causal_explorer.ui import live
from causal_explorer.ui.systems import answers


def test_a_strip_goes_on_where_one_value_cannot_be_asked(monkeypatch):
    opened = answers.system("cevae")
    unit = (("severity", 1.0), ("shape", 2), ("orientation", 5), ("speckle", 7), ("lot", 0.5))
    request = Request("cevae", unit, (("t", 0),), samples=2)
    answered = answers.answered

    def refusing(one):
        if dict(one.do) == {"t": 1}:
            raise ValueError("This cannot be asked.")
        return answered(one)

    monkeypatch.setattr(answers, "answered", refusing)
    shown, refused = answers.strip(request, "t", True)
    assert len(choices(opened.targets[0])) == 2
    assert shown.formula == "do(t = untreated)"
    assert refused is None
    assert live._told(live.frame(refused)) == {}, "then the page stays as it is"

import numpy as np

from causal_explorer.sharing import panel
from tests.ui.small import HEART, answer, question

SQUARE = (0, *HEART[1:])


def test_the_four_pictures_stand_in_order_each_with_words():
    density, truth = np.full((64, 64), 0.25), np.full((64, 64), 0.75)
    shown = answer({"shape": 0}, [SQUARE] * 4, density, truth)
    figures = panel.figures(question({"shape": 0}), shown)
    assert [figure.title for figure in figures] == [
        "Original",
        "Reconstruction",
        "Counterfactual density",
        "Truth under Gumbel-max",
    ]
    pictures = [shown.original, shown.reconstruction, shown.density, shown.truth]
    assert all(f.picture is p for f, p in zip(figures, pictures, strict=True))
    assert all(figure.caption and figure.alt for figure in figures)
    assert "4 draws" in figures[2].caption
    assert "do(shape = square)" in figures[2].alt


def test_one_draw_is_told_in_the_singular():
    figures = panel.figures(question({"shape": 0}, samples=1), answer({"shape": 0}, [SQUARE]))
    assert "1 draw of" in figures[2].caption


def test_without_a_do_the_answer_stays_empty():
    figures = panel.figures(question({}), answer({"shape": 2}, [HEART]))
    assert [figure.picture is None for figure in figures] == [False, False, True, True]
    shown = panel.panel(question({}), answer({"shape": 2}, [HEART]))
    assert (shown.formula, shown.l1, shown.iou, shown.remark) == ("", "", "", "")


def test_the_error_is_the_answers_own():
    density, truth = np.zeros((64, 64)), np.zeros((64, 64))
    density[0, :8], truth[0, :4] = 1, 1
    shown = answer({"shape": 0}, [SQUARE], density, truth)
    assert panel.l1_text(shown.l1) == f"{4 / 4096:.5f}"
    assert panel.iou_text(shown.iou) == "0.500"
    assert "1 is perfect" in panel.panel(question({"shape": 0}), shown).remark


def test_a_tiny_error_never_reads_as_none():
    none, some = np.zeros((64, 64)), np.full((64, 64), 1e-7)
    assert panel.l1_text(answer({"shape": 0}, [SQUARE], none, none).l1) == "0"
    assert panel.l1_text(answer({"shape": 0}, [SQUARE], some, none).l1) == "< 0.00001"
    assert [panel.l1_text(l1) for l1 in (0.9e-5, 1e-5, 9e-5)] == ["< 0.00001", "0.00001", "0.00009"]


def test_a_spread_out_answer_has_a_number_and_a_word():
    spread = np.full((64, 64), 0.5)
    shown = panel.panel(
        question({"shape": 0}), answer({"shape": 0}, [SQUARE], 0.75 * spread, spread)
    )
    assert shown.iou == "0.750"
    assert "no pixel is more on than off" in shown.remark
    for one, other in ((spread, 1.02 * spread), (1.02 * spread, spread)):
        found = answer({"shape": 0}, [SQUARE], one, other)
        assert panel.panel(question({"shape": 0}), found).remark == panel.MEANING


def test_an_unknown_truth_is_told_in_words():
    unknown = np.full((64, 64), np.nan)
    shown = panel.panel(question({"shape": 0}), answer({"shape": 0}, [SQUARE], None, unknown))
    assert shown.iou == "none"
    assert "not known" in shown.remark
    assert "nan" not in shown.l1


def test_composition_is_named():
    assert (
        "composition" in panel.panel(question({"shape": 2}), answer({"shape": 2}, [HEART])).remark
    )


def test_a_faint_picture_is_brightened_to_its_largest_value():
    faint = np.array([[0.0, 0.01], [0.02, 0.04]])
    np.testing.assert_allclose(panel.brightened(faint), faint / 0.04)
    assert panel.brightened(np.zeros((2, 2))).max() == 0

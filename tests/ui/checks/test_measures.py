import pytest

from causal_explorer.checkpoint import measured, shipped_mechanisms
from causal_explorer.ui.checks import measures


@pytest.mark.parametrize("name", shipped_mechanisms())
def test_every_shipped_image_model_keeps_its_figures(name):
    found = measured(name)
    assert found is not None
    assert found["checkpoint"] == name
    assert found["queries"] >= 200


def test_the_bars_of_the_shipped_model():
    found = measured("scm-vae")
    matrix = found["effectiveness"]["matrix"]
    assert min(row[i] for i, row in enumerate(matrix)) >= 0.99
    assert found["composition"]["decoder_mean"]["ten_times"] <= 0.001
    assert found["reversibility"]["decoder_mean"]["ten_times"] <= 0.002


def test_the_map_shows_the_matrix():
    found = measured("scm-vae")
    figure = measures.effectiveness_figure(found)
    assert [list(row) for row in figure.data[0].z] == found["effectiveness"]["matrix"]
    assert figure.data[0].x[0] == "do(shape)"


def test_every_table_holds_its_rows():
    found = measured("scm-vae-mlp")
    assert measures.axioms_html(found).count('scope="row"') == 4
    assert measures.truth_html(found).count('scope="row"') == 6
    assert measures.probe_html(found).count('scope="row"') == 5


def test_words_are_escaped():
    assert "<b>" not in measures.table_html(("<b>",), [("<b>", "<b>")])

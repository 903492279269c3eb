"""What the step-through shows is what the library says, for every step and both modes."""

import base64
import io
import json
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from causal_explorer.data import dsprites
from causal_explorer.inference.agreement import l1
from causal_explorer.inference.steps import cumulated
from causal_explorer.sharing.question import Question
from causal_explorer.ui import serving
from causal_explorer.ui.colours import cividis, diverging
from causal_explorer.ui.steps import pipeline, step_numbers, step_words
from causal_explorer.ui.steps.assignment import (
    Assignment,
    after_do,
    before_do,
    gumbel_span,
    possible,
)
from causal_explorer.ui.steps.noise_figures import (
    gumbel_figure,
    latent_figure,
    monotone_figure,
    shares_figure,
)

NAMES = [factor.name for factor in dsprites.FACTORS]
STEPS = [f"{place} {name}" for place, name in enumerate(pipeline.STEPS, 1)]
BEFORE, AFTER = "Before: the noise follows its prior", "After: the noise gives what is known"
SAME_NOISE = "After do(), on the same noise"


def asked(do=None, coupling="gumbel", evidence="sprite", story="default", samples=101, known=()):
    sprite = tuple(zip(NAMES, (2, 3, 4, 10, 16), strict=True))
    done = tuple((do or {"scale": 0}).items())
    return Question("scm-vae", story, sprite, done, samples, 0, coupling, evidence, tuple(known))


def app(question):
    from causal_explorer.ui import serving
    from causal_explorer.ui.steps import walkthrough

    walkthrough.panel(question, serving.answer(question))


def shown(question, step=None, draw=None, factor=None):
    """The page with its widgets set, as a session sees it."""
    page = AppTest.from_function(app, args=(question,), default_timeout=60).run()
    if draw is not None:
        page.segmented_control(key="show").set_value("Single draw").run()
        if draw:
            page.slider(key="draw").set_value(draw).run()
    if step is not None:
        page.segmented_control(key="step").set_value(STEPS[step - 1]).run()
    if factor is not None:
        page.pills(key="step_factor").set_value(factor).run()
    assert not page.exception
    assert not page.error
    return page


def html(page):
    return "".join(block.value for block in page.html)


def images(page):
    """Pixels of each picture of the grid, by its title."""
    cells = re.findall(r"<figure>(.*?)</figure>", html(page), re.S)
    found = {}
    for cell in cells:
        title = unescape(re.search(r"<b[^>]*>(.*?)</b>", cell).group(1))
        data = base64.b64decode(re.search(r'base64,([^"]+)"', cell).group(1))
        with Image.open(io.BytesIO(data)) as image:
            found[title] = np.asarray(image)
    return found


def grey(picture):
    return np.rint(np.clip(picture, 0, 1) * 255)


def charts(page):
    """The figures by their alternative text."""
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in page.get("plotly_chart")}


def numbers(values):
    """An array of a figure, packed or not."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.array(values)


def formulas(page):
    return "\n".join(block.value for block in page.latex)


@pytest.mark.parametrize("draw", [None, 5], ids=["average", "draw"])
@pytest.mark.parametrize("coupling", ["gumbel", "monotone"])
@pytest.mark.parametrize("evidence", ["sprite", "image", "factors"])
@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_every_step_is_shown_for_every_question(step, evidence, coupling, draw):
    question = asked({"scale": 0}, coupling, evidence, known=["shape", "scale"])
    page = shown(question, step, draw)
    frames = re.findall(r"<li class=ce-now aria-current=step>.*?<b>(.*?)</b>", html(page))
    assert frames == [STEPS[step - 1]]
    assert page.latex
    assert page.expander[0].label == "The numbers"
    assert "<table" in html(page)
    assert html(page).count("<img") == html(page).count('alt="'), "each picture has its words"
    assert bool(page.get("plotly_chart")) == (step in (2, 4))
    assert all(chart.proto.alt for chart in page.get("plotly_chart"))
    assert len(page.get("graphviz_chart")) == (2 if step == 3 else 0)


def test_the_first_screen_is_the_evidence_on_average():
    page = shown(asked())
    assert page.segmented_control(key="step").value == "1 Evidence"
    assert page.segmented_control(key="show").value == "Average"
    assert not page.slider
    assert all(widget.help for widget in page.segmented_control)


def test_there_is_a_slider_for_draws_up_to_a_hundred_and_none_for_one():
    assert shown(asked(samples=101), draw=1).slider(key="draw").max == 100
    assert shown(asked(samples=11), draw=1).slider(key="draw").max == 11
    page = shown(asked(samples=1), step=4, draw=0)
    assert not page.slider
    assert "Truth under Gumbel-max" in images(page)


@pytest.mark.parametrize("draw", [1, 7, 100])
@pytest.mark.parametrize("checkpoint", ["scm-vae", "scm-vae-mlp"])
def test_the_pictures_of_a_draw_are_the_librarys(checkpoint, draw):
    question = replace(asked({"shape": 0}), checkpoint=checkpoint)
    pixels = serving.steps(question).pixels
    density, truth = pixels.density[draw - 1], pixels.truth[draw - 1]
    page = shown(question, 4, draw)
    found = images(page)
    np.testing.assert_array_equal(found["Counterfactual"], grey(density))
    np.testing.assert_array_equal(found["Truth under Gumbel-max"], grey(truth))
    moved, wrong = diverging(density - pixels.x), diverging(density - truth.astype(float))
    np.testing.assert_array_equal(found["Counterfactual − original"], moved)
    np.testing.assert_array_equal(found["Counterfactual − truth"], wrong)
    for slot in ("draw_density", "draw_truth"):
        assert html(page).count(f'data-live="{slot}"') == 1


def test_the_average_is_the_answers_and_follows_no_slider():
    question = asked({"shape": 0})
    answer = serving.answer(question)
    page = shown(question, 4)
    found = images(page)
    np.testing.assert_array_equal(found["Counterfactual"], grey(answer.density))
    np.testing.assert_array_equal(found["Truth under Gumbel-max"], grey(answer.truth))
    change = diverging(answer.density - answer.original)
    np.testing.assert_array_equal(found["Counterfactual − original"], change)
    assert "data-live" not in html(page)
    assert f"{l1(answer.density, answer.truth):.6f}" in html(page)


def test_pixel_noise_is_mapped_before_and_after():
    question = asked({"shape": 0})
    pixels = serving.steps(question).pixels
    found = images(shown(question, 2, 3))
    p = pixels.p[2]
    after = np.where(pixels.x == 1, p / 2, (1 + p) / 2)
    np.testing.assert_array_equal(found["E[u | x] after"], cividis(after))
    assert (found["E[u] before"] == cividis(np.array([[0.5]]))).all()


def test_without_an_image_the_noise_of_pixels_is_not_shown():
    page = shown(asked({"scale": 0}, evidence="factors", known=["shape"]), 2)
    assert not images(page)
    assert any("no image" in block.value for block in page.markdown)
    assert "after, too" in formulas(page)


@pytest.mark.parametrize("draw", [None, 4], ids=["average", "draw"])
def test_the_highest_bar_is_the_class_before_and_after(draw):
    """In one draw; on average the star is on the class that most draws give."""
    question = asked({"shape": 0})
    factors = serving.steps(question).factors
    place = 0 if draw is None else draw - 1
    classes = {AFTER: factors.factual["scale"], SAME_NOISE: factors.counterfactual["scale"]}
    found = charts(shown(question, 2, draw)) | charts(shown(question, 4, draw))
    for title, given in classes.items():
        bars, _, star, *_ = found[f"scale. {title}"]["data"]
        k = int(np.bincount(given).argmax() if draw is None else given[place])
        assert numbers(star["x"]).tolist() == [k]
        assert bars["marker"]["color"][k] == "#e8912d"
        if draw is not None:
            sums = numbers(bars["customdata"])
            rows = factors.rows if title == AFTER else factors.rows_cf
            wanted = np.log(rows["scale"][place]) + factors.noise["scale"][place]
            np.testing.assert_allclose(sums, wanted)
            assert sums.argmax() == k


@pytest.mark.parametrize("name", ["scale", "orientation", "posY"])
def test_the_step_that_u_hits_is_the_class(name):
    question = asked({"shape": 0}, "monotone")
    factors = serving.steps(question).factors
    variable = next(v for v in factors.variables if v.name == name)
    for draw in (0, 1, 50):
        for side in (before_do(factors, variable), after_do(factors, variable)):
            interval = possible(before_do(factors, variable), draw)
            figure = monotone_figure(side, draw, interval)
            line, _, star, *_ = figure.data
            u = factors.noise[name][draw]
            hit = int(np.searchsorted(np.array(line.y)[1:-1], u, side="right"))
            assert star.x[0] == hit
            assert star.y[0] == pytest.approx(u, rel=1e-12)
            assert interval[0] <= u < interval[1]
            order, _ = cumulated(variable, side.rows[draw])
            assert order[hit] == side.classes[draw]


def test_axes_do_not_move_with_the_draw():
    question = asked({"shape": 0})
    pages = [charts(shown(question, 4, draw)) for draw in (1, 60)]
    for name in pages[0]:
        one, other = (page[name]["layout"] for page in pages)
        assert one["yaxis"]["range"] == other["yaxis"]["range"]
        assert one["height"] == other["height"]
    bars = [page[f"scale. {SAME_NOISE}"]["data"][0] for page in pages]
    assert numbers(bars[0]["y"]).tolist() != numbers(bars[1]["y"]).tolist()


def test_both_figures_of_a_step_share_their_axis_and_the_prior_has_its_band():
    page = charts(shown(asked({"shape": 0}), 2, 9))
    before, after = (page[f"scale. {title}"] for title in (BEFORE, AFTER))
    assert before["layout"]["yaxis"]["range"] == after["layout"]["yaxis"]["range"]
    assert before["data"][0]["error_y"]["visible"]
    assert not after["data"][0]["error_y"]["visible"]
    low, high = before["layout"]["yaxis"]["range"]
    for figure in (before, after):
        bars = figure["data"][0]
        tops = numbers(bars["y"]) + bars["base"]
        assert low <= tops.min() <= tops.max() <= high


@pytest.mark.parametrize("name", ["scale", "posY"])
def test_the_axis_holds_every_draw(name):
    factors = serving.steps(asked({"shape": 0})).factors
    variable = next(v for v in factors.variables if v.name == name)
    sides = before_do(factors, variable), after_do(factors, variable)
    _, high = span = gumbel_span(sides)
    for side in sides:
        for draw in range(100):
            bars, _, star, *_ = gumbel_figure(side, draw, span).data
            assert bars.y.max() + bars.base < star.y[0] < high


def test_z_of_a_draw_is_marked_within_its_axis():
    pixels = serving.steps(replace(asked(), checkpoint="scm-vae-mlp")).pixels
    for draw in range(100):
        figure = latent_figure(pixels, draw)
        low, high = figure.layout.yaxis.range
        bars, star = figure.data
        np.testing.assert_array_equal(bars.y, pixels.z_mean[draw])
        np.testing.assert_array_equal(star.y, pixels.z[draw])
        assert low < star.y.min() <= star.y.max() < high
    np.testing.assert_allclose(latent_figure(pixels, None).data[0].y, pixels.z_mean.mean(0))


def test_the_prior_band_is_that_of_gumbel_noise():
    drawn = -np.log(-np.log(np.random.default_rng(0).random(200_000)))
    variable = dsprites.FACTORS[0]
    side = Assignment(variable, np.full((1, 3), 1 / 3), None, np.zeros(1, dtype=int))
    bars = gumbel_figure(side, 0, (-9.0, 9.0)).data[0]
    mean = np.log(1 / 3) + drawn.mean()
    np.testing.assert_allclose(bars.customdata, mean, atol=0.02)  # 7 standard errors
    wanted = np.quantile(drawn, [0.05, 0.95]) - drawn.mean()
    np.testing.assert_allclose(bars.error_y["array"], wanted[1], atol=0.05)
    np.testing.assert_allclose(bars.error_y["arrayminus"], -wanted[0], atol=0.05)


def test_shares_before_and_after_are_frequencies():
    variable = dsprites.FACTORS[0]
    rows, classes = np.full((4, 3), 1 / 3), np.array([0, 0, 1, 2])
    side = Assignment(variable, rows, None, classes, before=np.array([2, 2, 2, 2]))
    before, after = shares_figure(side).data
    assert list(before.y) == [0, 0, 1]
    assert list(after.y) == [0.5, 0.25, 0.25]


def test_action_cuts_edges_on_the_graph_and_in_the_assignments():
    page = shown(asked({"scale": 0, "posX": 3}), 3)
    before, after = (chart.proto.spec for chart in page.get("graphviz_chart"))
    assert "✂" not in before
    assert after.count("✂") == 2
    whole, cut = (block.value for block in page.latex)
    assert r"f_{\text{scale}}(\text{shape}, u_{\text{scale}})" in whole
    assert r"f_{\text{scale}}" not in cut
    assert r"\text{posY} &:= f_{\text{posY}}(\text{scale}, u_{\text{posY}})" in cut
    assert r"{{}:= \text{3}}" in cut
    assert any("2 edges are cut" in block.value for block in page.markdown)


def test_a_target_reads_no_noise():
    page = shown(asked({"scale": 0}), 4, 2, factor="scale")
    assert "scale := 0" in html(page)
    assert "its noise is not read" in html(page)
    assert list(charts(page)) == ["scale. Before do()"]
    assert r"{{}:= \text{0}}" in formulas(page)


def test_a_factor_that_cannot_move_keeps_its_row_and_its_class():
    page = shown(asked({"scale": 0}), 4, 2, factor="orientation")
    assert any("same row, same noise, same class" in block.value for block in page.caption)
    before, after = charts(page).values()
    assert before["data"][0]["customdata"] == after["data"][0]["customdata"]


def test_a_hidden_cause_has_noise_too():
    page = shown(asked({"posX": 3}, story="shared-cause"), 2, 1, factor="wind")
    assert f"wind. {AFTER}" in charts(page)
    assert "wind" not in images(page)


@pytest.mark.parametrize("draw", [None, 6])
def test_the_numbers_of_gumbel_noise_add_up(draw):
    factors = serving.steps(asked({"shape": 0})).factors
    side = after_do(factors, factors.variables[1])
    _, rows = step_numbers.noise(side, draw)
    for k, (label, p, logit, u, *spread, total) in enumerate(rows):
        assert label == str(k)
        assert len(spread) == (draw is None)
        logit, u, total = (float(number.replace("−", "-")) for number in (logit, u, total))
        assert logit + u == pytest.approx(total, abs=2e-3)  # three roundings of 5e-4
        if draw is not None:
            assert np.exp(logit) == pytest.approx(float(p), abs=1e-3)


@pytest.mark.parametrize("name", ["scale", "orientation"])
def test_the_numbers_of_monotone_noise_name_its_interval(name):
    factors = serving.steps(asked({"shape": 0}, "monotone")).factors
    variable = next(v for v in factors.variables if v.name == name)
    side = after_do(factors, variable)
    for draw in (0, 9):
        _, rows = step_numbers.noise(side, draw)
        (hit,) = [row for row in rows if row[-1]]
        assert hit[0] == variable.label(int(side.classes[draw]))
        assert float(hit[2]) <= float(hit[4]) <= float(hit[3])
    _, rows = step_numbers.noise(before_do(factors, variable), None)
    (all_of_them,) = [row for row in rows if row[-1] == "100\u00a0%"]
    assert all_of_them[0] == variable.label(int(factors.factual[name][0]))


def test_the_numbers_of_a_prediction_are_its_classes():
    question = asked({"scale": 0})
    answer, factors = serving.answer(question), serving.steps(question).factors
    for draw in (0, 33):
        _, rows = step_numbers.prediction(answer, factors, draw)
        found = {name: (before, after, moved) for name, before, after, moved, _ in rows}
        for variable in factors.variables:
            k = factors.counterfactual[variable.name][draw]
            assert found[variable.name][1] == variable.label(int(k))
        assert found["scale"] == ("3", "0", "yes")
        assert found["shape"] == ("heart", "heart", "no")
    why = {row[0]: row[-1] for row in step_numbers.prediction(answer, factors, None)[1]}
    assert why["posY"] == "its row has changed"
    assert why["posX"] == "its row is the same"
    assert why["scale"].startswith("set by do()")


def test_z_is_said_to_be_unused_where_it_is():
    unused = "do not depend on z"
    assert any(unused in block.value for block in shown(asked(), 2).caption)
    page = shown(replace(asked(), checkpoint="scm-vae-mlp"), 2)
    assert not any(unused in block.value for block in page.caption)


def test_the_chosen_factor_and_draw_outlive_a_change_of_step():
    page = shown(asked({"shape": 0}), 2, 8, factor="posX")
    page.segmented_control(key="step").set_value(STEPS[3]).run()
    assert page.pills(key="step_factor").value == "posX"
    assert page.slider(key="draw").value == 8


@pytest.mark.parametrize("name", ["a_b", "{x}", "$5", "50%", "a\\b", "x^2~"])
def test_names_of_the_users_own_are_escaped(name):
    escaped = step_words.tex(name)
    bare = re.sub(r"\\[{}$&#%_]|\\text\w+ ", "", escaped)
    assert not set(bare) & set("{}$&#%_^~\\")

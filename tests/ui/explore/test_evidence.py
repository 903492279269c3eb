import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from causal_explorer import load
from causal_explorer.data import dsprites
from causal_explorer.inference.agreement import iou, total_variation
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import percent
from causal_explorer.ui import serving
from causal_explorer.ui.explore import couplings, evidence, uncertainty
from causal_explorer.ui.explore.changes import changes
from tests.ui.conftest import APP
from tests.ui.test_app import block

HEART = {"shape": 2, "scale": 3, "orientation": 0, "posX": 10, "posY": 16}


def texts(page):
    return " ".join(html.value for html in page.html) + " ".join(c.value for c in page.caption)


def test_the_image_alone_is_explained(app):
    app.slider(key="orientation").set_value(0).run()
    app.segmented_control(key="evidence").set_value("image").run()
    assert not app.exception
    assert "This is an image without labels." in block(app)
    assert "50\u00a0%" in texts(app)
    assert "2 explanations hold over 99\u00a0% of the posterior's mass, by a bound on" in texts(app)
    assert "something else: less than 1 in a million" in texts(app)


def test_some_factors_are_enough(app):
    app.segmented_control(key="evidence").set_value("factors").run()
    assert "All that is known: shape is heart." in block(app)
    assert "the average of what it may be" in block(app)
    app.pills(key="known").set_value([]).run()
    assert "Choose at least one known factor" in app.info[0].value
    assert not app.exception


def test_an_upload_is_asked_for_read_and_explained(app):
    app.segmented_control(key="evidence").set_value("upload").run()
    assert "Upload an image" in app.info[0].value
    buffer = io.BytesIO()
    picture = dsprites.render(np.array([list(HEART.values())]))[0] * 255
    Image.fromarray(picture).save(buffer, "PNG")
    app.file_uploader(key="upload").set_value(("heart.png", buffer.getvalue(), "image/png")).run()
    assert not app.exception
    assert "This is your image." in block(app)
    assert "heart, scale 3" in texts(app)


def uploaded(app, picture):
    buffer = io.BytesIO()
    Image.fromarray((picture * 255).astype(np.uint8)).save(buffer, "PNG")
    app.segmented_control(key="evidence").set_value("upload").run()
    app.file_uploader(key="upload").set_value(("mine.png", buffer.getvalue(), "image/png")).run()
    assert not app.exception
    return app


@pytest.fixture
def ragged():
    """A heart of which three pixels are missing, as of a photo."""
    picture = dsprites.render(np.array([list(HEART.values())]))[0]
    picture[tuple(np.argwhere(picture)[::40].T)] = 0
    return picture


def test_of_a_photo_no_picture_is_called_truth(app, ragged):
    page = uploaded(app, ragged)
    assert "No truth" in block(page)
    assert "Truth under" not in block(page)
    assert "The true answer is not known here" in block(page)


@pytest.mark.parametrize(
    "view", ["Step by step", "How sure is it?", "Couplings", "Compare", "Take it away"]
)
def test_each_closer_look_at_a_photo_goes_without_a_truth(app, ragged, view):
    app.query_params["view"] = view
    page = uploaded(app, ragged)
    assert "Truth under" not in texts(page)


def test_what_is_no_sprite_is_said_to_be_none_of_these(app):
    rows, columns = np.indices((64, 64))
    ring = np.hypot(rows - 31, columns - 31)
    page = uploaded(app, (ring < 12) & (ring > 8))
    assert "it shows none of these is over 99.9 % probable" in page.warning[0].value


def test_a_broken_upload_gives_a_sentence(app):
    app.segmented_control(key="evidence").set_value("upload").run()
    app.file_uploader(key="upload").set_value(("x.png", b"no image", "image/png")).run()
    assert not app.exception
    assert "no whole PNG" in app.warning[0].value


def test_the_question_without_a_target_is_answered_too(app):
    for kind in ("image", "factors"):
        app.segmented_control(key="evidence").set_value(kind).run()
        app.pills(key="do").set_value([]).run()
        assert not app.exception
        assert "Nothing is set yet" in app.info[0].value


@pytest.mark.parametrize("story", ["chain", "confounded", "shared-cause", "independent"])
def test_every_story_is_asked(app, story):
    app.segmented_control(key="story").set_value(story).run()
    assert not app.exception
    assert not app.error


def test_couplings_that_disagree_are_named():
    explorer = load("scm-vae")
    answers = {
        name: explorer.counterfactual(HEART, do={"scale": 0}, coupling=name)
        for name in ("gumbel", "monotone")
    }
    settings = ("scm-vae", "default", tuple(HEART.items()), (("scale", 0),), 10, 0, "gumbel")
    apart = serving.couplings_apart(Question(*settings))
    assert apart["posY"] > 0.1
    assert apart["shape"] == 0
    said = couplings.sentence(apart)
    assert f"posY ({percent(apart['posY'])})" in said
    assert "total variation" in said
    assert "law" not in said
    shown = couplings.side_by_side_html(answers)
    assert shown.count("<figure>") == 4
    assert ">Truth under Gumbel-max</b>" in shown
    assert ">Truth under monotone</b>" in shown
    shared = iou(answers["gumbel"].truth, answers["monotone"].truth)
    assert shared < 0.5
    assert f"overlap by {shared:.3f}" in couplings.truths(answers)
    assert "they agree" in couplings.sentence({"posY": 1e-9})
    assert "too large" in couplings.sentence(None)


def test_the_coupling_control_says_what_each_does_to_order(explorer):
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    (told,) = [w.proto.help for w in app.get("button_group") if w.label == "Coupling"]
    assert "orders even shapes" in told
    first = {"shape": 2, "scale": 3, "orientation": 4, "posX": 10, "posY": 16}
    done = explorer.law(do={"scale": 0})["posY"]
    for name in ("gumbel", "monotone"):
        imagined = explorer.law(first, {"scale": 0}, name)["posY"]
        assert f"{total_variation(imagined, done):.3f}" in told


@pytest.mark.parametrize("samples", [1, 100, 1000])
def test_couplings_whose_laws_are_the_same_agree_at_every_number_of_draws(samples):
    settings = ("scm-vae", "default", tuple(HEART.items()), (("scale", 5),), samples, 0, "gumbel")
    asked = Question(*settings, evidence="factors", known=("shape",))
    assert "they agree" in couplings.sentence(serving.couplings_apart(asked))


def test_an_ambiguous_image_mixes_the_laws_of_its_explanations():
    settings = ("scm-vae", "default", tuple(HEART.items()), (("scale", 0),), 10, 0, "gumbel")
    asked = Question(*settings, evidence="image")
    assert serving.couplings_apart(asked)["posY"] > 0.1


def test_what_moved_is_the_share_of_draws_that_changed():
    explorer = load("scm-vae")
    for known, do in (
        ({"shape": 2}, {"shape": 2}),
        ({"shape": 2}, {"scale": 3}),
        (HEART, {"scale": 0}),
    ):
        answer = explorer.counterfactual(known, do=do)
        moved = (answer.factual != answer.counterfactual).mean(0)
        for row, share in zip(changes(answer, explorer.story.graph), moved, strict=True):
            if row.factor in do or row.why.startswith("not a descendant"):
                continue
            assert (percent(float(share)) in row.why) == (share > 0)


def test_the_maps_show_the_three_sources():
    answer = load("scm-vae").counterfactual(HEART, do={"scale": 0})
    html = uncertainty.maps_html(answer)
    for title in ("Total variance", "From the factors", "From z", "From the pixels"):
        assert title in html


def test_the_largest_of_a_map_never_reads_as_none():
    shown = [uncertainty.most(np.array(x)) for x in ([0.0], [1e-9, 0.0], [-0.25, 0.1])]
    assert shown == ["0 everywhere", "everywhere under 0.001", "up to 0.250"]


def test_the_differences_are_shown():
    answer = load("scm-vae").counterfactual(HEART, do={"scale": 0})
    html = uncertainty.differences_html(answer, "gumbel")
    for title in ("Density − original", "Truth − original", "Density − truth"):
        assert title in html


def test_a_poor_fit_is_said():
    explorer = load("scm-vae")
    image = dsprites.render(np.array([[2, 5, 10, 16, 16]]))[0].copy()
    image[28:36, 20:44] = 1
    answer = explorer.counterfactual(image=image, do={"shape": 0})
    assert "far from any sprite" in evidence.fit_text(answer)


def test_svi_says_what_it_needs_and_runs_beside_the_exact_answer(app):
    app.session_state["view"] = "By optimisation"
    app.run()
    assert "choose the image model scm-vae-mlp" in texts(app)
    app.segmented_control(key="model").set_value("scm-vae-mlp").run()
    app.number_input(key="svi_steps").set_value(20).run()
    app.button(key="svi_run").click().run()
    assert not app.exception
    assert "SVI abduction" in texts(app)
    assert "20 steps took" in texts(app)

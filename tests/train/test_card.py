import pytest

from causal_explorer.models.scope import SCOPES
from train.card import card, measured

CONFIG = {
    "model": "scm-vae",
    "data": "dsprites",
    "network": {},
    "train": {"steps": 2_000, "batch": 64, "seed": 7, "split_seed": 3},
}
FIGURES = {
    "loss": 1.5,
    "image_nats": 1.25,
    "kl_nats": 0.25,
    "exact": 0.5,
    "images": 73_485,
    "held_out": 73_485,
}
METRICS = {
    "test": FIGURES,
    "command": "python -m train mine",
    "commit": "0123456789ab",
    "device": "CPU, 1 threads",
    "processes": 2,
    "step": 2_000,
    "seconds": 61.4,
    "epochs": 0.2169,
    "changes": [],
    "date": "2026-11-30",
    "versions": "Python 3.11.7",
}


def test_a_card_says_what_it_is_and_how_it_was_made():
    page = card("mine", CONFIG, METRICS)
    for line in (
        "# mine",
        "scm-vae on dsprites, trained 2026-11-30 by",
        "`python -m train mine`.",
        "| processes | 2 |",
        "| training time | 61 s, 2,000 of 2,000 steps, 0.217 epochs |",
        "| batch | 64 images |",
        "| seed | 7; of the split 3 |",
        "| versions | Python 3.11.7 |",
        "| commit | 0123456789ab |",
        "| figures below | the final test of this run; study.json holds later ones |",
        "| held-out loss (-ELBO) | 1.5000 nats an image |",
        "| held-out images | 73,485 of the test split, none seen in training |",
        "It was trained on the CPU; the recipe is the same for CUDA.",
    ):
        assert line in page.splitlines()
    assert "Unfinished" not in page
    assert "no commit holds" not in page


@pytest.mark.parametrize("model", SCOPES)
def test_a_card_says_what_its_model_is_for_and_where_it_ends(model):
    page = card("mine", CONFIG | {"model": model}, METRICS)
    sections = dict(part.split("\n\n", 1) for part in page.split("## ")[1:])
    assert sections["Intended use"].strip() == SCOPES[model].intended
    assert sections["What it assumes"].strip() == SCOPES[model].assumes
    assert sections["Limits"].strip() == SCOPES[model].limits


def test_a_card_says_what_is_known_of_a_commit():
    page = card("mine", CONFIG, METRICS | {"commit": "0123456789ab-dirty"})
    assert "| commit | 0123456789ab-dirty |" in page
    assert "was commit 0123456789ab with changes that no commit holds" in page
    page = card("mine", CONFIG, METRICS | {"commit": "unknown"})
    assert "its commit is not known" in page


def test_a_card_says_of_how_many_pictures_it_speaks():
    page = card("mine", CONFIG, METRICS | {"test": FIGURES | {"images": 1_024}})
    assert (
        "| held-out images | 1,024 of the 73,485 of the test split, evenly spread, in proportion "
        "to a run below one epoch; none seen in training |"
    ) in page
    on_the_way = {key: value for key, value in METRICS.items() if key != "test"}
    page = card("mine", CONFIG, on_the_way | {"validation": FIGURES | {"images": 8_192}})
    assert "| 8,192 of the 73,485 of the validation split, evenly spread; none seen in" in page
    assert "Unfinished: a save on the way." in page


def test_a_card_says_what_was_changed_on_the_way():
    changes = ["from step 6 on: train.steps was 6 and is 2000", "from step 9 on: x was 1 and is 2"]
    page = card("mine", CONFIG, METRICS | {"changes": changes})
    for change in changes:
        assert f"| continued | {change} |" in page.splitlines()


def test_a_data_set_is_told_with_its_settings():
    page = card("mine", CONFIG | {"data": {"name": "faces", "rho": 0.9, "seed": 1}}, METRICS)
    assert "scm-vae on faces (rho = 0.9, seed = 1), trained" in page
    assert "on faces, trained" in card("mine", CONFIG | {"data": {"name": "faces"}}, METRICS)


@pytest.mark.parametrize(
    ("figures", "kind", "end"),
    [
        (FIGURES, "Likelihood", "Labels are not scored"),
        (
            {"loss": 1.0, "exact": 0.5, "disturbed": 0.2, "images": 3},
            "Recognition",
            "What it proposes",
        ),
        ({"loss": 1.0, "terms": {"kl_nats": 0.5}, "images": 3}, "Terms", "Terms are means over"),
    ],
)
def test_figures_are_read_back_as_what_they_are(figures, kind, end):
    assert type(measured(figures)).__name__ == kind
    assert measured(figures).loss == figures["loss"]
    assert f"\n{end}" in card("mine", CONFIG, METRICS | {"test": figures})


def test_where_there_was_a_cuda_device_nothing_is_excused():
    assert "trained on the CPU" not in card("mine", CONFIG, METRICS | {"device": "CUDA, H200"})

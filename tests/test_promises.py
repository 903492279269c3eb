"""What `may` lists is answered, and what `why_not` names is refused, whatever model and data."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.data import celeba
from causal_explorer.data.dataset import DATASETS, dataset_named
from causal_explorer.data.pictures import DrawnPictures
from causal_explorer.inference.concepts import ConceptExplorer
from causal_explorer.inference.intact import IntactExplorer
from causal_explorer.inference.latents import LatentExplorer
from causal_explorer.inference.treatment import TreatmentExplorer
from causal_explorer.metrics.systems import measure
from causal_explorer.metrics.table import system_table
from causal_explorer.models.base import REQUESTS
from causal_explorer.models.registry import MODELS, build
from causal_explorer.scm.variables import Quantity

UNITS = 40
SMALL = {  # networks that take no time
    "scm-vae": {"latent": 2, "hidden": 8},
    "scm-vae-mlp": {"hidden": 8},
    "scm-vae-styled": {"latent": 2, "hidden": 8},
    "beta-vae": {"hidden": 8, "channels": 4, "width": 8},
    "causal-vae": {"width": 4, "hidden": 8},
    "intact-vae": {"hidden": 8, "features": 4},
    "cevae": {"hidden": 8},
    "ladder-vae": {},
    "recogniser": {"hidden": 8},
}
SETTINGS = {name: {"units": 100} for name in ("faces", "treatment", "cevae-synthetic")}
VARIANTS = [
    ("cevae", "treatment", {"outcome": "normal"}),
    ("causal-vae", "pendulum", {"supervised": False}),
    ("causal-vae", "pendulum", {"graph_only": True}),
    ("intact-vae", "celeba", {"variant": "cvae"}),
    ("intact-vae", "celeba", {"variant": "no-x"}),
]
PRODUCT = [(model, data, {}) for model in MODELS for data in DATASETS] + VARIANTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """CelebA's layout, with pictures of noise."""
    root = tmp_path_factory.mktemp("celeba")
    (root / "img_align_celeba").mkdir()
    rng = np.random.default_rng(0)
    lines = [str(UNITS), " ".join(celeba.ATTRIBUTES)]
    for k in range(UNITS):
        picture = Image.fromarray(rng.integers(0, 256, (218, 178, 3), np.uint8))
        picture.save(root / "img_align_celeba" / f"{k:06d}.jpg")
        signs = rng.choice(["-1", "1"], len(celeba.ATTRIBUTES))
        lines.append(f"{k:06d}.jpg {' '.join(signs)}")
    (root / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
    return root


def few(dataset):
    """Some units of a data set with their pictures."""
    if dataset.table is None and not dataset.name.endswith("sprites"):
        return dataset.open(torch.device("cpu"))
    rng = np.random.default_rng(0)
    if dataset.table is not None:
        table = dataset.table()[0]
        table = table[rng.choice(len(table), UNITS)]
    else:
        table = np.stack([rng.integers(0, v.classes, UNITS) for v in dataset.variables], axis=1)
        hidden = dataset.draw_hidden(UNITS, rng) if dataset.draw_hidden else None
        table = dataset.units(table, hidden)
    v, hidden = np.split(table, [len(dataset.variables)], axis=1)
    whole = not isinstance(dataset.variables[0], Quantity)
    v = v.astype(np.int64 if whole else np.float32)
    return DrawnPictures(v, dataset.render(table), torch.device("cpu"), hidden)


def opened(model, data, network, folder, tmp_path):
    """The shipped checkpoint where there is one, or one of a few steps; None if it learns none."""
    if not network:
        for name in checkpoint.shipped_models():
            config = json.loads((checkpoint.SHIPPED / name / "config.json").read_text())
            own = config["data"]
            if (config["model"], own if isinstance(own, str) else own["name"]) == (model, data):
                return ce.load(name)
    spec = {"name": data} | SETTINGS.get(data, {})
    spec |= {"folder": str(folder), "count": UNITS} if data == "celeba" else {}
    dataset, network = dataset_named(spec), SMALL[model] | network
    torch.manual_seed(0)
    try:
        learner = build(model, dataset, network)
    except ValueError:
        return None
    pictures = few(dataset)
    learner.prepare(pictures, 0)
    v, x = pictures(torch.from_numpy(pictures.rows("train")[:12]))
    moved = [weight for weight in learner.parameters() if weight.requires_grad]
    optimiser = torch.optim.Adam(moved, 1e-3)
    for step in range(3):
        learner.begin(step / 3)
        optimiser.zero_grad()
        learner.loss(v, x).backward()
        optimiser.step()
    config = {"data": spec, "model": model, "network": network, "train": {"split_seed": 0}}
    checkpoint.write(tmp_path / "own", learner, config, {}, "", "# own\n")
    return ce.load(tmp_path / "own")


def questions(explorer):
    """A well-formed call for each request that such an explorer may be asked."""
    dataset = explorer.checkpoint.dataset
    pictures = few(dataset)
    first = dataset.variables[0].name
    names = [variable.name for variable in (*dataset.variables, *dataset.hidden)]
    row = [*pictures.v[0].tolist(), *pictures.hidden[0].tolist()]
    image = pictures.x[0].numpy()
    told = dict(zip(names, row, strict=True))
    labels = {name: told[name] for name in names[: len(dataset.variables)]}
    if isinstance(explorer, LatentExplorer):
        return {"reconstruct": (image,), "traverse": (0, image)}
    if isinstance(explorer, ConceptExplorer):
        do = {first: dataset.variables[0].low}
        return {"reconstruct": (image,), "traverse": (0, image), "intervention": (do, 5)} | {
            "counterfactual": (labels, do)
        }
    if isinstance(explorer, TreatmentExplorer):
        return {"effect": (None, 5, 3), "intervention": ({first: 1}, 5)}
    if isinstance(explorer, IntactExplorer):
        return {"reconstruct": (image, labels), "traverse": (0, image, None, labels)} | {
            "intervention": ({first: 1}, 5),
            "counterfactual": (labels, {first: 1}, image, 5),
        }
    return {"reconstruct": (image, labels), "traverse": (first, labels)} | {
        "condition": ({first: 0}, 20),
        "intervention": ({first: 0}, 20),
        "counterfactual": (labels, image, {first: 1}, 20),
    }


def refusal(call, question):
    """What a call refuses with; empty where it answers."""
    try:
        return "" if call(*question) is not None else "nothing"
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


UNTAUGHT = ("ValueError: image", "ValueError: The model does not explain the image")


@pytest.mark.parametrize(
    ("model", "data", "network"), PRODUCT, ids=lambda part: str(part) if part else ""
)
def test_may_why_not_and_the_call_agree(model, data, network, folder, tmp_path):
    if not MODELS[model][0].tells:
        return  # it serves others and is opened by none
    explorer = opened(model, data, network, folder, tmp_path)
    if explorer is None:
        return  # it learns no such data, and says so before it is trained
    calls = questions(explorer)
    assert explorer.may == [request for request in REQUESTS if not explorer.why_not(request)]
    assert set(explorer.may) <= set(calls)
    assert bool(explorer.targets) == bool({"intervention", "counterfactual"} & set(explorer.may))
    for request in REQUESTS:
        call = getattr(explorer, request)
        if request not in explorer.may:
            with pytest.raises(ce.RefusedError) as refused:
                call(*calls.get(request, ()))
            assert str(refused.value) == explorer.why_not(request)
            continue
        said = refusal(call, calls[request])
        own = explorer.checkpoint.id == "own"
        untaught = own and said.startswith(UNTAUGHT)  # three steps explain no picture
        assert said == "" or untaught, said


OWN = [
    ("intact-vae", "celeba", {}),
    ("causal-vae", "pendulum", {"supervised": False}),
    ("causal-vae", "pendulum", {"graph_only": True}),
    ("beta-vae", "dsprites", {"latent": 3}),
]


@pytest.mark.parametrize(("model", "data", "network"), OWN)
def test_a_users_own_checkpoint_has_a_check(model, data, network, folder, tmp_path):
    report = measure(opened(model, data, network, folder, tmp_path), 8, 0)
    assert (report.checkpoint, report.data, report.units) == ("own", data, 8)
    figures = {figure.name: figure.value for figure in report.figures}
    if data == "celeba":  # nobody knows the truth, and JSON says so
        assert np.isnan(figures["picture under the other treatment"])
        assert 0 < figures["reconstruction"] < 1
        json.dumps(report.as_dict(), allow_nan=False)
    assert bool(figures) == ("graph_only" not in network)
    assert system_table(report).startswith(f"own on {data}: 8 held-out units")


def test_the_product_holds_what_is_refused_for_its_data(folder, tmp_path):
    photographs = opened("intact-vae", "celeba", {}, folder, tmp_path)
    assert photographs.may == ["reconstruct", "traverse", "counterfactual"]
    assert "nobody knows" in photographs.why_not("intervention")


@pytest.mark.parametrize("request_", ["", "predict", None, 3, ["effect"]])
def test_an_unknown_request_is_named(request_, explorer):
    with pytest.raises(ValueError, match="it takes one of reconstruct, traverse"):
        explorer.why_not(request_)

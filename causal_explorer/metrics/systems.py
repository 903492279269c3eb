"""What a system is measured by against its truth, quickly: a figure a line, each of held-out units.

An SCM-VAE of plain sprites has a report of its own (`report.py`); the studies beside the shipped
checkpoints, and the trainings that they compare, are the benchmarks'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from causal_explorer.data import splits
from causal_explorer.data.dataset import Dataset
from causal_explorer.data.dsprites import DIMENSIONS, classes_of
from causal_explorer.data.sample import sample
from causal_explorer.inference.arguments import parse_count, parse_seed
from causal_explorer.inference.concepts import ConceptExplorer
from causal_explorer.inference.explorer import Explorer
from causal_explorer.inference.intact import IntactExplorer
from causal_explorer.inference.latents import LatentExplorer
from causal_explorer.inference.opened import Opened
from causal_explorer.inference.treatment import TreatmentExplorer
from causal_explorer.metrics.active_units import moving
from causal_explorer.metrics.dci import dci
from causal_explorer.metrics.graph_recovery import structural_hamming_distance
from causal_explorer.metrics.higgins import higgins
from causal_explorer.metrics.leakage import leakage
from causal_explorer.metrics.mic import mic_tic
from causal_explorer.metrics.mig import mutual_information_gap
from causal_explorer.metrics.queries import queries_about
from causal_explorer.metrics.terms import terms
from causal_explorer.metrics.treatment_effect import effect_errors
from causal_explorer.scm.variables import Variable
from causal_explorer.strict_json import plain
from causal_explorer.undisturbed import undisturbed

MAX_UNITS = 10_000
_BATCH = 250  # pictures
_CODED = 10  # times as many pictures behind a score of a code, which costs little
_DRAWS = 101  # of a counterfactual
_PICTURES = 1_000  # behind a score of a code, at least
_FEW = 30  # pairs that a reader of z takes at least


@dataclass(frozen=True)
class Figure:
    """A measured number.

    Attributes:
        name: what was measured.
        value: NaN where nobody knows the truth.
        unit: "" for a share or a score.
        note: what it stands beside.
    """

    name: str
    value: float
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class SystemReport:
    """Figures of one checkpoint.

    Attributes:
        checkpoint: its id.
        data: name of its data set.
        units: held-out ones behind each counterfactual figure.
        seed: of all draws.
        figures: in order.
    """

    checkpoint: str
    data: str
    units: int
    seed: int
    figures: tuple[Figure, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data that JSON holds; None where there is no number."""
        return plain(asdict(self))


@undisturbed
def measure(opened: Opened, units: int = 100, seed: int = 0) -> SystemReport:
    """Measures any opened system against its truth.

    Args:
        opened: a checkpoint.
        units: held-out units behind each counterfactual, 2 to 10,000.
        seed: of all draws, 0 or above.

    Raises:
        ValueError: in one sentence, what was given and what is allowed.
    """
    count, start = parse_count(units, "queries", 2, MAX_UNITS), parse_seed(seed)
    for kind, figures in _KINDS.items():
        if isinstance(opened, kind):
            found = tuple(figures(opened, count, start))
            data = opened.checkpoint.dataset.name
            return SystemReport(opened.checkpoint.id, data, count, start, found)
    raise ValueError(f"{opened.checkpoint.id} has no check: it takes a system that can be asked.")


def _sprites(opened: Opened, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, V + H) held-out units and their pictures."""
    dataset, rng = opened.checkpoint.dataset, np.random.default_rng(seed)
    split_seed = opened.checkpoint.split_seed
    if dataset.hidden:  # which pictures are held out only the whole set knows
        pictures: Any = dataset.open(torch.device("cpu"))
        table = pictures.units[rng.choice(pictures.rows("test", split_seed), count)]
    else:
        table = classes_of(rng.choice(splits.rows("test", split_seed), count))
    return table, dataset.render(table)


def _told(dataset: Dataset, row: np.ndarray) -> dict[str, float]:
    """A unit's values by variable, as far as the row goes; classes as whole numbers."""
    columns = zip((*dataset.variables, *dataset.hidden), row.tolist(), strict=False)
    return {c.name: int(own) if isinstance(c, Variable) else own for c, own in columns}


def _codes(opened: LatentExplorer, count: int, seed: int) -> Iterator[Figure]:
    """An autoencoder: its bound, and how its code tells the factors."""
    model, dataset = opened.checkpoint.model, opened.checkpoint.dataset
    table, drawn = _sprites(opened, max(_PICTURES, _CODED * count), seed)
    v, x = torch.from_numpy(table[:, : len(dataset.variables)]), torch.from_numpy(drawn)
    found = terms(model, zip(v.split(_BATCH), x.split(_BATCH), strict=True))
    yield Figure("−ELBO", found.terms["image_nats"] + found.terms["kl_nats"], "nats a picture")
    yield Figure("of which KL", found.terms["kl_nats"], "nats a picture")

    @torch.no_grad()
    def code(classes: np.ndarray) -> np.ndarray:
        pictures = torch.from_numpy(dataset.render(dataset.units(classes)))
        return torch.cat([model.encode(part).mean for part in pictures.split(_BATCH)]).numpy()

    with torch.no_grad():
        z = torch.cat([model.encode(part).mean for part in x.split(_BATCH)]).numpy()
    yield Figure("units whose mean moves", int(moving(z).sum()), "", f"of {z.shape[1]}")
    half = len(z) // 2
    classes = v.numpy()
    three = dci((z[:half], classes[:half]), (z[half:], classes[half:]), seed)
    score = higgins(code, DIMENSIONS, seed, 4 * count, 2 * count, 16)
    yield Figure("Higgins' score", 100 * score.accuracy, "%", f"chance {100 * score.chance:.0f} %")
    yield Figure("MIG", mutual_information_gap(z, classes))
    yield Figure("DCI disentanglement", three.disentanglement)
    yield Figure("DCI completeness", three.completeness)
    yield Figure("DCI informativeness", three.informativeness)


def _styles(opened: Explorer, count: int, seed: int) -> Iterator[Figure]:
    """An SCM-VAE of sprites whose style no label names: the truth keeps it."""
    rng, dataset = np.random.default_rng(seed), opened.checkpoint.dataset
    table, _ = _sprites(opened, count, seed)
    queries = queries_about(table, (*dataset.variables, *dataset.hidden), rng)
    for abduction, told in (("exact", "z abducted"), ("prior", "z from its prior")):
        answers = [
            opened.counterfactual(q.factors, do=q.do, samples=_DRAWS, seed=i, abduction=abduction)
            for i, q in enumerate(queries)
        ]
        iou = float(np.nanmean([answer.iou for answer in answers]))
        yield Figure(f"IoU with the truth, 1 to 3 targets, {told}", iou)
        yield Figure(f"likewise, {told}", float(np.mean([a.l1 for a in answers])), "L1 a pixel")


def _concepts(opened: ConceptExplorer, count: int, seed: int) -> Iterator[Figure]:
    """A CausalVAE: its graph, its concepts, and do() at values that training did not see."""
    dataset, rng = opened.dataset, np.random.default_rng(seed)
    table, x = sample(dataset, "test", count, seed, opened.checkpoint.split_seed)
    law, names = (
        dataset.scm() if dataset.scm else None,
        [variable.name for variable in dataset.variables],
    )
    if "counterfactual" in opened.may and law is not None:
        true = np.array([[law.graph.has_edge(a, b) for b in names] for a in names])
        learned = opened.model.graph.adjacency.numpy()
        distance = structural_hamming_distance(learned, true)
        yield Figure("edges that differ from the true graph", distance)
    if "reconstruct" in opened.may and count >= 8:
        with torch.no_grad():
            z = torch.cat([opened.model.encode(part).mean for part in x.split(_BATCH)]).numpy()
        scores = 100 * np.mean([mic_tic(z[:, k], table[:, k]) for k in range(len(names))], axis=0)
        yield Figure("MIC of each concept with its latent, mean", float(scores[0]), "%")
        yield Figure("TIC of each concept with its latent, mean", float(scores[1]), "%")
    for place, target in enumerate(names if "counterfactual" in opened.may else ()):
        low, high = table[:, place].min(), table[:, place].max()
        each = []
        for row in table:
            answer = opened.counterfactual(
                _told(dataset, row), {target: float(rng.uniform(low, high))}
            )
            each.append((answer.l1, np.abs(answer.reconstruction - answer.truth).mean()))
        found, idle = np.mean(each, axis=0)
        note = f"{idle:.4f} if the picture is left alone"
        yield Figure(f"picture under do({target})", float(found), "L1 a pixel", note)


def _faces(opened: IntactExplorer, count: int, seed: int) -> Iterator[Figure]:
    """A β-Intact-VAE: the other treatment, and whether z tells the treatment."""
    dataset, t = opened.dataset, opened.targets[0].name
    table, y = sample(dataset, "test", count, seed, opened.checkpoint.split_seed)
    each = []
    for row, picture in zip(table, y.movedim(1, -1).numpy(), strict=True):
        answer = opened.counterfactual(_told(dataset, row), {t: 1 - int(row[0])}, picture)
        nothing = np.abs(answer.original - answer.truth).mean()
        drawn = np.abs(answer.reconstruction - answer.original).mean()
        each.append((drawn, answer.l1, nothing))
    drawn, error, nothing = (float(mean) for mean in np.mean(each, axis=0))
    yield Figure("reconstruction", drawn, "L1 a pixel")
    known = f"{nothing:.4f} if it is left alone" if nothing == nothing else "the truth is not known"
    yield Figure("picture under the other treatment", error, "L1 a pixel", known)
    z, treatments = opened.latents(max(_FEW, _CODED * count), seed)
    if len(np.unique(treatments[: 2 * len(z) // 3])) == 2:
        read = leakage(z, treatments, seed)
        yield Figure("treatment read from z", 100 * read, "%", "no more than its law alone tells")


def _effects(opened: TreatmentExplorer, count: int, seed: int) -> Iterator[Figure]:
    """A CEVAE: its effects, beside estimates that know of no hidden cause."""
    found = opened.effect(units=_CODED * count, seed=seed)
    truth, truth_ate = found.truth_ite, found.truth_ate
    if truth is None or truth_ate is None:
        yield Figure("ATE", found.ate, "", "the truth is not known")
        return
    errors = effect_errors(found.ite, truth)
    yield Figure("ATE", found.ate, "", f"in truth {truth_ate:.4f}")
    yield Figure("error of the ATE", errors.ate)
    yield Figure("likewise, difference of means", abs(found.naive - truth_ate))
    yield Figure("likewise, regression", abs(found.regression_ate - truth_ate))
    yield Figure("√PEHE", errors.pehe, "", "root mean square error of a unit's effect")


_KINDS: dict[type[Opened], Callable[[Any, int, int], Iterator[Figure]]] = {
    LatentExplorer: _codes,
    Explorer: _styles,
    ConceptExplorer: _concepts,
    IntactExplorer: _faces,
    TreatmentExplorer: _effects,
}

"""Every measure of an explorer in one report: the axioms, the truth, and what z carries.

On held-out combinations of factors, under the explorer's story and its coupling.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from causal_explorer.data import splits
from causal_explorer.inference.answer import CounterfactualAnswer
from causal_explorer.inference.arguments import parse_count, parse_seed
from causal_explorer.inference.explorer import Explorer
from causal_explorer.metrics.composition import composition
from causal_explorer.metrics.effectiveness import Effectiveness, Shown, effectiveness
from causal_explorer.metrics.minimality import Minimality, minimality
from causal_explorer.metrics.paths import Counterfactual, decoder_mean, draw_answers, sampled
from causal_explorer.metrics.probe import Probed, draw_latents, probe
from causal_explorer.metrics.queries import Query, random_queries
from causal_explorer.metrics.reader import open_reader
from causal_explorer.metrics.reversibility import reversibility
from causal_explorer.metrics.sprites import asked_about, batches
from causal_explorer.metrics.truth import TruthError, truth_error
from causal_explorer.scm.actions import Set, moved_by, settings
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.scm import SCM

MAX_QUERIES = 10_000
ANY = "1 to 3"  # targets of one do(), at random
_TIMES = (1, 10)  # m
_PROBED = 8_192  # pictures that the probe learns from, and as many that it is scored on


@dataclass(frozen=True)
class Repeated:
    """A distance a pixel after one null intervention or round trip, and after ten."""

    once: float
    ten_times: float


@dataclass(frozen=True)
class Report:
    """What was measured.

    Attributes:
        checkpoint: its id.
        story: its name.
        coupling: of the factors' noise.
        split: that the sprites come from.
        queries: random sprites and targets behind each figure, every target forced to change.
        seed: of all draws.
        composition: by path, "decoder_mean" and "sampled".
        reversibility: likewise; all factors are set both ways, to what 1 to 3 targets led to.
        effectiveness: of do() with a single target, one draw each.
        truth: error of the same pictures by target, and of 1 to 3 targets.
        probe: of each factor, from z.
        probed: pictures that it was scored on; it learnt from as many of another split.
        minimality: what z carries.
    """

    checkpoint: str
    story: str
    coupling: str
    split: str
    queries: int
    seed: int
    composition: dict[str, Repeated]
    reversibility: dict[str, Repeated]
    effectiveness: Effectiveness
    truth: dict[str, TruthError]
    probe: dict[str, Probed]
    probed: int
    minimality: Minimality

    def as_dict(self) -> dict[str, Any]:
        """Plain data that JSON holds; None where there is no number."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def check(explorer: Explorer, queries: int = 1000, seed: int = 0, progress: bool = True) -> Report:
    """Measures an explorer by every metric.

    Args:
        explorer: a checkpoint under a story.
        queries: behind each figure, 1 to 10,000.
        seed: of all draws, 0 or above.
        progress: show a bar.

    Raises:
        ValueError: in one sentence, what was given and what is allowed.
    """
    if explorer.checkpoint.dataset.hidden:
        raise ValueError(
            f"{explorer.checkpoint.id} is of pictures with a style that no label names, which "
            "these measures do not know: its benchmark measures it."
        )
    count = parse_count(queries, "queries", 1, MAX_QUERIES)
    start, split_seed = parse_seed(seed), explorer.checkpoint.split_seed
    asked = 1 + len(explorer.story.variables)
    steps = 2 * sum(_TIMES) * (1 + 2)  # both paths, null interventions and round trips
    with tqdm(total=count * (asked + steps), unit=" pictures", disable=not progress) as bar:
        return _Study(explorer, count, start, split_seed, bar).report()


class _Study:
    """One run of `check`."""

    def __init__(
        self, explorer: Explorer, queries: int, seed: int, split_seed: int, bar: tqdm
    ) -> None:
        self.explorer, self.world, self.story = explorer, explorer.world, explorer.story
        self.queries, self.seed, self.split_seed, self.bar = queries, seed, split_seed, bar
        self.names = tuple(variable.name for variable in self.story.variables)
        self.coupling = coupling_named(self.story.coupling)
        self.held_out = splits.rows("test", split_seed)

    def report(self) -> Report:
        """Every figure."""
        kinds = {ANY: None} | {name: (name,) for name in self.names}
        asked = {name: self._ask(targets) for name, targets in kinds.items()}
        shown = {name: pictures for name, (_, pictures) in asked.items()}
        composed, returned = self._axioms(shown.pop(ANY).wanted)
        self.bar.set_description("Reading factors")
        return Report(
            checkpoint=self.explorer.checkpoint.id,
            story=self.story.name,
            coupling=self.story.coupling,
            split="test",
            queries=self.queries,
            seed=self.seed,
            composition=composed,
            reversibility=returned,
            effectiveness=effectiveness(self.names, shown, open_reader()),
            truth={name: error for name, (error, _) in asked.items()},
            probe=self._probe(),
            probed=_PROBED,
            minimality=minimality(
                self.world.model, batches(self.world, self.held_out, _PROBED, self.seed)
            ),
        )

    def _ask(self, targets: tuple[str, ...] | None) -> tuple[TruthError, Shown]:
        """Random queries with these targets: their error, and what they show."""
        self.bar.set_description(f"do({', '.join(targets or [ANY])})")
        queries = random_queries(self.held_out, self.queries, self.seed, targets)
        x, v = asked_about(self.world, queries)
        dos = [settings(query.do) for query in queries]
        answers = draw_answers(self.world, x, v, dos, self.coupling, self._generator())
        pictures, wanted = [], []

        def next_answer(_: Query) -> CounterfactualAnswer:
            answer = next(answers)
            pictures.append(answer.density > 0.5)
            wanted.append(answer.counterfactual[0])
            self.bar.update()
            return answer

        error = truth_error(next_answer, queries)
        return error, Shown(np.stack(pictures), np.stack(wanted))

    def _axioms(self, changed: np.ndarray) -> tuple[dict[str, Repeated], dict[str, Repeated]]:
        """Composition and reversibility, the latter to (N, V) changed classes and back."""
        x, v = asked_about(self.world, random_queries(self.held_out, self.queries, self.seed))
        v_cf = torch.from_numpy(changed).to(self.world.device)
        self.bar.set_description("Composition")
        composed = {
            path: Repeated(*(composition(f, x, v, times) for times in _TIMES))
            for path, f in self._paths(_widest(self.story)).items()
        }
        self.bar.set_description("Reversibility")
        returned = {
            path: Repeated(*(reversibility(f, x, v, v_cf, times) for times in _TIMES))
            for path, f in self._paths(None).items()
        }
        return composed, returned

    def _paths(self, targets: tuple[str, ...] | None) -> dict[str, Counterfactual]:
        """The counterfactual function along both paths; on the sampled one do() sets these."""
        draws = sampled(self.world, self.coupling, self._generator(), targets)
        paths = {"decoder_mean": decoder_mean(self.world.model), "sampled": draws}
        return {name: self._counted(f) for name, f in paths.items()}

    def _counted(self, f: Counterfactual) -> Counterfactual:
        def counted(x: Tensor, v: Tensor, v_cf: Tensor) -> Tensor:
            pictures = f(x, v, v_cf)
            self.bar.update(len(x))
            return pictures

        return counted

    def _probe(self) -> dict[str, Probed]:
        """Learnt from one split and scored on another: they share neither pictures nor noise."""
        generator = self._generator()
        learnt = self._latents(splits.rows("validation", self.split_seed), generator)
        held_out = self._latents(self.held_out, generator)
        return probe(learnt, held_out, self.story.variables, generator)

    def _latents(self, rows: np.ndarray, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Draws of z for random pictures among the rows, and their classes, on the CPU."""
        drawn = list(batches(self.world, rows, _PROBED, self.seed))
        z = [draw_latents(self.world.model, x, v, generator) for v, x in drawn]
        return torch.cat(z).cpu(), torch.cat([v for v, _ in drawn]).cpu()

    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.seed)


def _widest(story: SCM) -> tuple[str]:
    """The factor whose intervention can move most others: a null one asks most of abduction."""
    reach = {v.name: len(moved_by(story.graph, {v.name: Set(0)})) for v in story.variables}
    return (max(reach, key=reach.__getitem__),)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(own) for name, own in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(own) for own in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

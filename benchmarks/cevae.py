"""`python -m benchmarks.cevae`: effects of a treatment against the truth, naive and regression.

Every estimate is scored on units that no training saw, over several draws of the data, each with
its own start of the training. The size of the latent is one for both data sets; what others give is
in the study, with their validation loss, which knows of no truth.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.finished import finished
from benchmarks.kept import keep
from benchmarks.options import training_parser
from causal_explorer import load
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.treatment import TreatmentExplorer
from causal_explorer.metrics.treatment_effect import baselines, effect_errors
from train.config import read_config

NAME, COMMAND = "cevae", "python -m benchmarks.cevae"
SEEDS, LATENTS, STRENGTHS = 5, (1, 2, 5, 20), (0.0, 1.0, 2.5, 4.0)
DATA = {"cevae-synthetic": "Pyro's synthetic test", "treatment": "treated sprites"}
_CONFIGS = {"cevae-synthetic": "cevae-synthetic", "treatment": "cevae"}
UNITS = {"cevae-synthetic": "probability", "treatment": "pixels"}
_SHOWN = 400  # units in the scatter plot
_QUICK = {"steps": 2, "save_every": 2, "validate_every": 2}


@dataclass(frozen=True)
class Outcome:
    """How far an estimate is off, in the unit of the data set's outcome.

    Attributes:
        data: a key of `DATA`.
        seed: of the data and of the training.
        estimate: "CEVAE", or a key of `metrics.treatment_effect.baselines`.
        ate: |ATE error|.
        pehe: √PEHE.
    """

    data: str
    seed: int
    estimate: str
    ate: float
    pehe: float


@dataclass(frozen=True)
class Study:
    """Trains what it compares.

    Attributes:
        folder: of the runs; a run that was finished there is taken as it is.
        quick: a few steps on a few units, to see that it works.
    """

    folder: Path
    quick: bool

    def trained(self, name: str, settings: dict[str, Any], network: dict[str, Any]) -> Path:
        """The checkpoint of a config, trained on a data set of these settings."""
        config, usual = read_config(_CONFIGS[name]), dataset_named(name).settings
        settings = {k: v for k, v in settings.items() if k == "seed" or v != usual[k]}
        network = {k: v for k, v in network.items() if v != config.network[k]}
        data = {"name": name, **settings} | ({"units": 600} if self.quick else {})
        recipe = replace(config.train, seed=int(settings["seed"]), **(_QUICK if self.quick else {}))
        config = replace(config, data=data, network=config.network | network, train=recipe)
        words = "-".join(f"{k}-{v}" for k, v in {**settings, **network}.items())
        folder = self.folder / f"{name}-{words}{'-quick' * self.quick}"
        finished(config, folder).release("test")
        return folder / config.id

    def compared(self, name: str, seed: int) -> Iterator[Outcome]:
        """CEVAE and the estimates without a hidden cause, on the held-out units."""
        explorer = load(self.trained(name, {"seed": seed}, {}))
        found = explorer.effect(units=len(explorer.units))
        rest = baselines(explorer.trained, explorer.proxies(found.units))
        for estimate, ite in ({"CEVAE": found.ite} | rest).items():
            errors = effect_errors(ite, found.truth_ite)
            yield Outcome(name, seed, estimate, errors.ate, errors.pehe)

    def by_latent(self, name: str, latent: int) -> dict[str, float]:
        """Validation loss, which chooses, and the errors, which do not."""
        found = self.trained(name, {"seed": 0}, {"latent": latent})
        lines = (found / "history.jsonl").read_text().splitlines()
        nats = json.loads(lines[-1])["validation_loss"]
        return {"latent": latent, "validation_nats": nats} | _errors(load(found))

    def by_strength(self, strength: float) -> dict[str, float]:
        """Errors under weaker and stronger confounding."""
        explorer = load(self.trained("treatment", {"seed": 0, "strength": strength}, {}))
        found = explorer.effect(units=len(explorer.units))
        gaps = {
            "naive_ate_error": abs(found.naive - found.truth_ate),
            "regression_ate_error": abs(found.regression_ate - found.truth_ate),
        }
        return {"strength": strength} | _errors(explorer) | gaps


def main(arguments: list[str] | None = None) -> None:
    """Prints the figures; with --save keeps them beside the checkpoint."""
    options = training_parser(NAME, __doc__).parse_args(arguments)
    study = Study(options.runs, options.quick)
    seeds = range(1 if options.quick else SEEDS)
    outcomes = [o for name in DATA for seed in seeds for o in study.compared(name, seed)]
    rows = [row for name in DATA for row in metrics(name, outcomes)]
    for row in rows:
        print(f"{row['name']}, {row['data']}: {row['ours']:.4f} {row['unit']}. {row['note']}")
    latents, strengths = (LATENTS, STRENGTHS) if not options.quick else ((1, 2), (0.0,))
    series = {
        "errors": [asdict(outcome) for outcome in outcomes],
        "latents": {n: [study.by_latent(n, size) for size in latents] for n in DATA},
        "strengths": [study.by_strength(strength) for strength in strengths],
        "scatter": scatter(load(study.trained("treatment", {"seed": 0}, {}))),
    }
    for name in ("latents", "strengths"):
        print(f"{name}: {json.dumps(series[name])}")
    if options.save:
        keep(NAME, {"command": COMMAND, "metrics": rows, "series": series})


def metrics(name: str, outcomes: list[Outcome]) -> Iterator[dict[str, Any]]:
    """A row for each estimate and error: the mean over seeds, and each of them."""
    own = [outcome for outcome in outcomes if outcome.data == name]
    for error, words in (("ate", "|ATE error|"), ("pehe", "√PEHE")):
        for estimate in dict.fromkeys(outcome.estimate for outcome in own):
            each = [getattr(o, error) for o in own if o.estimate == estimate]
            yield {
                "name": f"{words}, {estimate}",
                "ours": statistics.fmean(each),
                "paper": None,
                "unit": UNITS[name],
                "data": f"{DATA[name]}, {len(each)} seeds, held-out units",
                "note": f"Each seed: {', '.join(f'{value:.3f}' for value in each)}.",
            }


def scatter(explorer: TreatmentExplorer) -> dict[str, list[float]]:
    """Effects of some held-out units: true, by CEVAE, by regression."""
    found = explorer.effect(units=_SHOWN)
    columns: dict[str, Any] = {
        "truth": found.truth_ite,
        "cevae": found.ite,
        "regression": found.regression,
    }
    return {name: np.round(column, 3).tolist() for name, column in columns.items()}


def _errors(explorer: TreatmentExplorer) -> dict[str, float]:
    found: Any = explorer.effect(units=len(explorer.units))
    return asdict(effect_errors(found.ite, found.truth_ite))


if __name__ == "__main__":
    main()

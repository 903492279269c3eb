"""A question and its answer as JSON, so that the answer can be asked again and compared."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from causal_explorer import CounterfactualAnswer, checkpoint
from causal_explorer.data import dsprites
from causal_explorer.inference.posterior import Posterior
from causal_explorer.scm.variables import Variable
from causal_explorer.sealed import sums_of
from causal_explorer.sharing.link import EDITED, from_params
from causal_explorer.sharing.question import Question, named_or_told, unpacked
from causal_explorer.sharing.words import truth_under

DECIMALS = 6  # of pixels
_EXPLANATIONS = 5  # listed
_PACKAGES = ("causal-explorer", "torch", "numpy")


def record(question: Question, answer: CounterfactualAnswer, link: str) -> dict[str, Any]:
    """All that was asked, with what, and what came out; every number is finite or None.

    Args:
        question: that was asked.
        answer: to it.
        link: the address that asks it: a page, "?" and `query_string` of `to_params`.

    Returns:
        `factors` holds the share of each class before and after; `density` and `truth` are
        64 rows of 64 numbers, `truth` None where it is not known.
    """
    return {
        "question": _inputs(question, answer.variables),
        "link": link,
        **provenance(question.checkpoint),
        "truth_under": truth_under(question.coupling).removeprefix("Truth under "),
        "l1": finite(answer.l1),
        "iou": finite(answer.iou),
        "factors": shares(answer),
        "posterior": _posterior(answer.posterior),
        "density": answer.density.round(DECIMALS).tolist(),
        "truth": answer.truth.round(DECIMALS).tolist() if answer.truth_known else None,
    }


def to_json(content: Mapping[str, Any]) -> str:
    """The record as a JSON object, an entry a line.

    Raises:
        ValueError: a number in it is not finite, which JSON cannot say.
    """
    entries = [f"{json.dumps(k)}: {json.dumps(v, allow_nan=False)}" for k, v in content.items()]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def shares(answer: CounterfactualAnswer) -> dict[str, dict[str, list[float]]]:
    """Of each factor, the share of the draws in each of its classes, before and after do()."""
    return {
        variable.name: {
            "before": before.tolist(),
            "after": answer.shares(variable.name).tolist(),
        }
        for variable, before in zip(answer.variables, _before(answer), strict=True)
    }


def provenance(name: str) -> dict[str, Any]:
    """What answered: the versions of the packages, and the weights' checksum."""
    return {
        "versions": {package: _version(package) for package in _PACKAGES},
        "weights_sha256": _weights(name),
    }


def question_of(content: Mapping[str, Any]) -> Question:
    """The question that a record answers, from its link.

    Args:
        content: as of `record`, or of its JSON.

    Raises:
        ValueError: in one sentence, what is missing or cannot be read.
    """
    link = content.get("link") if isinstance(content, Mapping) else None
    if not isinstance(link, str):
        raise ValueError("The record has no link, and so no question.")
    return from_params(parse_qs(urlsplit(link).query), dsprites.FACTORS)


def labelled(classes: Mapping[str, int], variables: tuple[Variable, ...]) -> dict[str, str | int]:
    """Classes by factor as a call of the library takes them: by label where they have one."""
    return {
        v.name: v.label(classes[v.name]) if v.labels else classes[v.name]
        for v in variables
        if v.name in classes
    }


def _inputs(question: Question, variables: tuple[Variable, ...]) -> dict[str, Any]:
    """The question word by word; a picture as 64 rows of 0 and 1."""
    told = question.is_told
    image = None
    if question.upload is not None:
        image = ["".join(map(str, row)) for row in unpacked(question.upload).tolist()]
    return {
        "checkpoint": question.checkpoint,
        "story": EDITED if told else question.story,
        "story_text": question.story if told else named_or_told(question.story).to_toml(),
        "evidence": question.evidence,
        "sprite": labelled(dict(question.sprite), variables),
        "known": list(question.known),
        "image": image,
        "do": labelled(dict(question.do), variables),
        "samples": question.samples,
        "seed": question.seed,
        "coupling": question.coupling,
    }


def _posterior(found: Posterior) -> dict[str, Any]:
    """How sure the factors are, and the most probable explanations."""
    names = [variable.name for variable in found.variables]
    explanations = [
        {
            "factors": labelled(dict(zip(names, row, strict=True)), found.variables),
            "probability": probability,
        }
        for row, probability in zip(
            found.classes[:_EXPLANATIONS].tolist(),
            found.probabilities[:_EXPLANATIONS].tolist(),
            strict=True,
        )
    ]
    return {
        "count": len(found),
        "covered": float(found.covered),
        "covered_is": "a lower bound" if found.bounded else "an estimate",
        "none_of_these": finite(found.none),
        "overlap": finite(found.overlap),
        "nats": finite(found.nats),
        "first": explanations,
    }


def _before(answer: CounterfactualAnswer) -> list[np.ndarray]:
    """(K,) of each factor: how often each of its classes was drawn, before do()."""
    columns = zip(answer.variables, answer.factual.T, strict=True)
    return [np.bincount(drawn, minlength=v.classes) / len(drawn) for v, drawn in columns]


def _weights(name: str) -> str:
    """SHA-256 of a checkpoint's weights, as its list of checksums says."""
    return sums_of(checkpoint.find(name))["model.safetensors"]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed, run from its folder"


def finite(number: float) -> float | None:
    """The number as JSON takes it: None where it is not finite."""
    return float(number) if math.isfinite(number) else None

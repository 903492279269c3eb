"""The four steps in words: a sentence and an equation each."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from causal_explorer import CounterfactualAnswer
from causal_explorer.inference.steps import Factors, Pixels
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.words import percent
from causal_explorer.ui.as_text import as_text

PREDICTION = "The same noise runs through the changed assignments: only their rows are new."
SURE = (
    "Where the model is sure and right, p is 0 or 1 and the image tells nothing of the noise: it "
    "stays at 1/2. The blurred image model scm-vae-mlp has more to abduct."
)
_TARGET = "#e8912d"
_LINE = r" \\ "
_PIXEL = r"x &:= 1[\,u < p(x = 1 \mid v, z)\,]"  # one pixel
_NOISE = {
    "gumbel": r"""v &:= \textstyle\arg\max_k\, g_k \\ g_k &= \log p_k + u_k \\
        u_k &\sim \mathrm{Gumbel}(0, 1) \quad \text{before} \\
        g_v &\sim \mathrm{Gumbel}(0, 1) \quad \text{after} \\
        g_k &\sim \mathrm{Gumbel}(\log p_k, 1),\; g_k < g_v""",
    "monotone": r"""v &:= F^{-1}(u) \\
        u &\sim U(0, 1) \quad \text{before} \\
        u &\sim U(F(v - 1),\, F(v)) \quad \text{after}""",
}
_CHANGED = {
    "gumbel": r"v' := \textstyle\arg\max_k\,(\log p'_k + u_k)",
    "monotone": r"v' := F'^{\,-1}(u)",
}


def evidence_sentence(question: Question, variables: tuple[Variable, ...]) -> str:
    """What is known before anything is inferred."""
    if len(question.factors) == len(variables):
        return "The image and the class of every factor are known; the noise behind them is not."
    if question.evidence == "factors":
        names = " and ".join(name for name, _ in question.factors)
        return (
            f"Only {names} {'is' if len(question.factors) == 1 else 'are'} known, and no image: "
            "each draw takes the other factors from the story."
        )
    return "Only the image is known: each draw takes one explanation of it, by its probability."


def evidence_equation(question: Question, variables: tuple[Variable, ...]) -> str:
    """The evidence, and what follows from it for the factors."""
    known = dict(question.factors)
    if len(known) == len(variables):
        listed = r",\; ".join(rf"\text{{{tex(v.label(known[v.name]))}}}" for v in variables)
        return rf"x \text{{ known}}, \quad v = ({listed})"
    if question.evidence == "factors":
        names = rf"\text{{{tex(', '.join(known))}}}"
        return rf"p(v \mid {names}) = \frac{{p(v)}}{{p({names})}}"
    return r"p(v \mid x) = \frac{p(v)\, p(x \mid v)}{\sum_{w} p(w)\, p(x \mid w)}"


def abduction_sentence(pixels: Pixels) -> str:
    """What abduction asks."""
    if pixels.x is None:
        return (
            "Which noise makes the assignments give the factors of the draw? There is no image, "
            "so the noise of the pixels stays as it was."
        )
    return "Which noise makes the assignments give just these factors, and just this image?"


def abduction_equations(coupling: str, pixels: Pixels) -> tuple[str, str]:
    """Of a factor's noise, and of a pixel's."""
    after = r"u &\sim U(0, 1) \quad \text{after, too}"
    if pixels.x is not None:
        after = r"u &\sim U(0, p) \quad \text{if } x = 1 \\ u &\sim U(p, 1) \quad \text{if } x = 0"
    pixel = rf"{_PIXEL} \\ u &\sim U(0, 1) \quad \text{{before}} \\ {after}"
    return _aligned(_NOISE[coupling]), _aligned(pixel)


def action_sentence(do: Mapping[str, str], cut: int) -> str:
    """What do() replaces, and how many edges that cuts."""
    names = " and ".join(do)
    replaced = "assignment" if len(do) == 1 else "assignments"
    edges = {0: "no edge is cut", 1: "one edge is cut"}.get(cut, f"{cut} edges are cut")
    return (
        f"do() replaces the {replaced} of {names}: {edges}. All other assignments stay, and so "
        "does all noise."
    )


def assignments(graph: nx.DiGraph, order: list[Variable], do: Mapping[str, str]) -> str:
    """The structural assignments in causal order; targets of do() in orange.

    Args:
        graph: of the story, before any edge is cut.
        order: causes before effects.
        do: targets and the labels of their values.
    """
    lines = []
    for variable in order:
        name = tex(variable.name)
        causes = [rf"\text{{{tex(cause)}}}" for cause in graph.predecessors(variable.name)]
        right = rf"f_{{\text{{{name}}}}}({', '.join([*causes, ''])}u_{{\text{{{name}}}}})"
        line = rf"\text{{{name}}} &:= {right}"
        if variable.name in do:
            line = _set(variable.name, do[variable.name])
        lines.append(line)
    lines.append(_PIXEL.replace("v, z", r"\text{factors}, z"))
    return _aligned(_LINE.join(lines))


def set_equation(name: str, label: str) -> str:
    """The assignment of a target: its value, whatever its causes and its noise."""
    return _aligned(_set(name, label))


def prediction_equations(coupling: str, pixels: Pixels) -> tuple[str, str]:
    """Of a factor, and of a pixel, its noise summed out."""
    if pixels.x is None:
        return _CHANGED[coupling], r"P(x' = 1) = p'"
    share = _aligned(
        r"P(x' = 1 \mid x = 1) &= \min(1,\, p'/p) \\[4pt] "
        r"P(x' = 1 \mid x = 0) &= \max\!\left(0,\, \tfrac{p' - p}{1 - p}\right)"
    )
    return _CHANGED[coupling], share


def latent_equation(pixels: Pixels) -> str:
    """Of the image's own noise."""
    if pixels.x is None:
        return r"z \sim N(0, I)"
    return _aligned(
        r"z &\sim N(0, I) \quad \text{before} \\ z &\sim q(z \mid x, v) \quad \text{after}"
    )


def latent_sentence(pixels: Pixels, one: bool) -> str:
    """What z is good for, and what its figure shows of one draw or of all."""
    if pixels.reads_latent:
        star = "; star: the z of this draw" if one else ""
        return f"The image's own noise. Bars: mean ± standard deviation; grey: the prior's{star}."
    return "This model's pictures do not depend on z: whatever it is, it is never read."


def factor_sentence(answer: CounterfactualAnswer, factors: Factors, variable: Variable) -> str:
    """What became of a factor on the same noise."""
    name = variable.name
    if name in answer.do:
        return f"{name} is a target of do()."
    if name not in answer.descendants:
        return f"{name} does not descend from a target: same row, same noise, same class."
    changed = factors.rows[name] != factors.rows_cf[name]
    share = percent(float(changed.any(axis=1).mean()))
    return (
        f"{name} descends from a target. Its row has changed in {share} of the draws; the noise "
        "in none."
    )


def _set(name: str, label: str) -> str:
    left, right = (rf"\text{{{tex(text)}}}" for text in (name, label))
    orange = rf"\textcolor{{{_TARGET}}}"
    return rf"{orange}{{{left}}} &{orange}{{{{}}:= {right}}}"


def _aligned(lines: str) -> str:
    return rf"\begin{{aligned}}{lines}\end{{aligned}}"


def tex(text: str) -> str:
    r"""A name as \text{} takes it."""
    return as_text(text, "tex")

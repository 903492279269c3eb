"""What the page About says; its figures are read, none is written down here."""

from __future__ import annotations

import platform
from importlib import metadata

from causal_explorer import toml
from causal_explorer.checkpoint import SHIPPED, measured, study
from causal_explorer.sharing.catalogue import entry, systems

WHAT = """
Pick an image, ask what it would have looked like had a factor been different, and see the answer
beside the truth. The data come from a structural causal model plus a renderer, so under a story and
a coupling every counterfactual has a true picture, and the trained model is measured against it.
"""
PICTURES = """
- **Original**: the factual image, the evidence.
- **Reconstruction**: what the model paints for the same factors and z, with nothing changed.
- **Averaged counterfactual density**: the mean of the model's pictures under do(), over all draws
  of the noise that the evidence leaves open. It is blurred where the draws disagree.
- **Truth under a coupling**: the mean of what the renderer draws for the same factors, drawn under
  the coupling that was chosen. What differs from the density is the image model's error, and
  nothing else: the coupling is assumed, not checked.
"""
EQUATIONS = r"""
\begin{aligned}
v_i &:= f_i(\mathrm{pa}_i, u_i) && \text{factor} \\
x_p &:= \mathbf{1}[\,u_p < p(x_p = 1 \mid v, z)\,] && \text{pixel} \\
z &\sim \mathcal{N}(0, I), \quad u_p \sim \mathcal{U}(0, 1) && \text{noise}
\end{aligned}
"""
MODEL = """
The factors' assignments are the story's graph and tables. The image's is an SCM-VAE, written in
Pyro with every exogenous noise as a named site. **Abduction** is exact and in closed form for the
noise of factors and pixels; z alone comes from a trained encoder q(z | x, v). **Action** cuts the
edges into the targets. **Prediction** runs the same noise through what is left.
"""
ASSUMED = """
- The causal graph and its conditional tables: they are given, not learned.
- The coupling: how one noise answers under different causes.
- No hidden cause of the factors, but for those that the story names; independent noises, and labels
  free of error.
- One noise a pixel, which switches it on below p(x = 1 | v, z): a coupling too.
- p(x | v, z) stays as it is when the story changes: z is independent of the factors, nothing hidden
  causes both a factor and the picture, and training saw pictures wherever a story has mass.
"""
NOT_IDENTIFIED = """
- **The coupling.** Gumbel-max and monotone entail the same observations and the same interventions,
  yet different counterfactuals of one unit. Neither seeing nor doing decides between them.
- **z.** That a style stays under do() is given, to the model and to the renderer alike.
- **Factors, where the picture is ambiguous.** A square shows the same picture at up to four of its
  orientations, a small ellipse at up to two, and every shape at 0 and 39, a full turn apart. From
  the image alone all explanations are kept, each with its probability, and the answer is their
  mixture.
"""
DATA = """
dSprites, made to test disentanglement: {count:,} binary pictures of 64\u00a0×\u00a064 pixels,
one for each combination of {factors}. They are drawn here to the pixel; nothing is downloaded.
"""
SOURCES = """
- J. Pearl. *Causality*, 2nd edition. Cambridge University Press, 2009.
- N. Pawlowski, D. C. Castro, B. Glocker. Deep structural causal models for tractable counterfactual
  inference. 2020. [arXiv:2006.06485](https://arxiv.org/abs/2006.06485)
- M. Oberst, D. Sontag. Counterfactual off-policy evaluation with Gumbel-max structural causal
  models. 2019. [arXiv:1905.05824](https://arxiv.org/abs/1905.05824)
- C. J. Maddison, D. Tarlow, T. Minka. A* sampling. 2014.
  [arXiv:1411.0030](https://arxiv.org/abs/1411.0030)
- D. P. Kingma, M. Welling. Auto-encoding variational Bayes. 2014.
  [arXiv:1312.6114](https://arxiv.org/abs/1312.6114)
- M. Monteiro, F. De Sousa Ribeiro, N. Pawlowski, D. C. Castro, B. Glocker. Measuring axiomatic
  soundness of counterfactual image models. 2023. [arXiv:2303.01274](https://arxiv.org/abs/2303.01274)
- Y. Pan, E. Bareinboim. Counterfactual image editing. 2024.
  [arXiv:2403.09683](https://arxiv.org/abs/2403.09683)
- A. Raghavan, E. Bareinboim. Counterfactual realizability. 2025.
  [arXiv:2503.11870](https://arxiv.org/abs/2503.11870)
- L. Matthey, I. Higgins, D. Hassabis, A. Lerchner. dSprites: disentanglement testing sprites
  dataset. 2017. [github.com/google-deepmind/dsprites-dataset](https://github.com/google-deepmind/dsprites-dataset)
- E. Bingham and others. Pyro: deep universal probabilistic programming. *Journal of Machine
  Learning Research* 20(28), 2019. [pyro.ai](https://pyro.ai)
"""
OTHERS = """
Six systems run on one frame, each on data whose truth is known; **Models** compares them, and
**Explore** asks each of them what it can be asked.
"""
_FACTS = (("Python", ""), ("torch", "torch"), ("Pyro", "pyro-ppl"), ("Streamlit", "streamlit"))


def version() -> str:
    """Of this checkout, or of the package where it is installed without one."""
    try:
        project = toml.load(SHIPPED.parent / "pyproject.toml", toml.CONFIG)
    except OSError:
        return metadata.version("causal-explorer")
    return project["project"]["version"]


def papers() -> str:
    """A line for each system: what it is, and its paper."""
    found = map(entry, systems())
    return "\n".join(f"- {own.title}, {own.noun}: {own.source}" for own in found)


def runs_on() -> str:
    """The versions behind the page, in one line."""
    parts = [
        f"{name} {metadata.version(package) if package else platform.python_version()}"
        for name, package in _FACTS
    ]
    return f"Causal Explorer {version()} on {', '.join(parts)}."


def bibtex() -> str:
    """How to cite the app; CITATION.cff says the same."""
    return f"""@software{{causal_explorer,
  author  = {{{{The Causal Explorer developers}}}},
  title   = {{Causal Explorer}},
  version = {{{version()}}},
  license = {{Apache-2.0}}
}}"""


def figures(name: str) -> dict[str, str]:
    """What a shipped image model was measured by; empty where nothing is kept with it.

    Args:
        name: of the checkpoint.
    """
    try:
        rows, checked = (study(name) or {}).get("metrics", []), measured(name)
    except ValueError:
        return {}
    ours = {row["name"]: row["ours"] for row in rows}
    found = {}
    if "-ELBO" in ours:
        found["−ELBO of a held-out image"] = f"{ours['-ELBO']:.4f} nats"
        exact = ours["reconstructions equal pixel for pixel"]
        found["Reconstructions exact"] = f"{exact:.2f} %"
    if checked:
        matrix = checked["effectiveness"]["matrix"]
        found["Effectiveness, worst factor"] = f"{min(r[i] for i, r in enumerate(matrix)):.3f}"
        found["Counterfactual IoU with the truth"] = f"{checked['truth']['1 to 3']['iou']:.5f}"
    return found

"""How to read the page."""

TEXT = """
A counterfactual is computed in three steps.

1. **Abduction**: the image and its factors say which exogenous noise they must have come from.
   Many noises fit, so they are drawn, once for each sample.
2. **Action**: do() replaces the structural assignment of each target by a constant. The edges
   that enter a target are cut.
3. **Prediction**: the same noise runs through the changed model. Descendants of a target may
   move; nothing else can.

The **counterfactual density** is the mean of all those pictures, as the trained model paints
them. It is blurred where the draws disagree: that is the uncertainty that is left once the image
is known. The **truth** is the mean of what the renderer draws for the same factors, drawn under
the chosen coupling. So the error is the image model's alone, and agreement with the truth says
nothing of the coupling.

**What is assumed:** the causal graph and its conditional tables (the story); the coupling, which
says how one noise answers under different causes; and that no hidden cause links the factors,
but for those that the story names.
None of these can be checked on the picture. That p(x | v, z) stays as it is when the story
changes is the principle of independent mechanisms: the image model is not retrained.
"""

"""Models: what each may be asked, its figures beside its paper's, and what it learned."""

import streamlit as st

from causal_explorer.checkpoint import shipped, study
from causal_explorer.models.base import REQUESTS
from causal_explorer.models.scope import SCOPES
from causal_explorer.sharing.catalogue import address, entry, label, systems
from causal_explorer.sharing.own_runs import own_checkpoints
from causal_explorer.ui import controls
from causal_explorer.ui.as_text import MANY, as_text
from causal_explorer.ui.models import figures, metrics, traversals
from causal_explorer.ui.models.asked import asked_html
from causal_explorer.ui.systems import answers

st.title("Models", anchor=False)
st.markdown(
    "Six systems on one frame, each on data whose truth is known. What a model may be asked "
    "follows from what it is; the rest is refused, with the reason."
)
names = [*systems(), *own_checkpoints()]
st.html(asked_html(names))
st.caption(" ".join(f"**{name}**: {words}." for name, words in REQUESTS.items()))

name = controls.one_of(
    "Model",
    names,
    names[0],
    "of",
    "Whose figures, pictures and limits are shown below.",
    label,
)
opened, about = answers.system_or_stop(name), entry(name)
st.subheader(as_text(f"{about.title} on {about.noun}"), anchor=False)
st.markdown(as_text(f"{about.about} {about.source}."))
scope = SCOPES[opened.checkpoint.config["model"]]
st.caption(f"**Assumed.** {as_text(scope.assumes, longest=MANY)}")
st.caption(f"**Not shown.** {as_text(scope.limits, longest=MANY)}")
st.link_button("Ask it", address(name), icon=":material/open_in_new:", help="Opens it on Explore.")
kept = study(name) if name in shipped() else None  # what a stranger kept is not drawn
if kept:
    metrics.show(kept)
    figures.show(kept["series"])
traversals.show(name, opened)
refused = [opened.why_not(request) for request in REQUESTS if request not in opened.may]
if refused:
    lines = (f"- {as_text(reason)}" for reason in refused)
    st.markdown("**What it is not to be asked**\n\n" + "\n".join(lines))

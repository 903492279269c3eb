"""Sanity checks: what the shipped models were measured by, and what the numbers mean."""

import streamlit as st

from causal_explorer.checkpoint import measured, shipped_mechanisms
from causal_explorer.ui import controls, measures

st.title("Sanity checks", anchor=False)
st.markdown(
    "Counterfactuals can be wrong in several ways, and each has its measure. All of them were "
    "taken on held-out sprites, every target forced to change."
)
checkpoint = controls.image_model(shipped_mechanisms(), "scm-vae")
found = measured(checkpoint)
if found is None:
    st.info(f"No figures are kept with {checkpoint}: `python -m causal_explorer check` makes them.")
    st.stop()

own = found["truth"]["1 to 3"]
diagonal = [row[i] for i, row in enumerate(found["effectiveness"]["matrix"])]
with st.container(horizontal=True):
    ten = found["composition"]["decoder_mean"]["ten_times"]
    back = found["reversibility"]["decoder_mean"]["ten_times"]
    st.metric("Composition, ten times", f"{ten:.6f}", width="content")
    st.metric("Reversibility, ten times", f"{back:.6f}", width="content")
    st.metric("Effectiveness, worst factor", f"{min(diagonal):.3f}", width="content")
    st.metric("Pictures equal to the truth", f"{100 * own['exact']:.1f} %", width="content")

st.subheader("Axioms", anchor=False)
st.markdown(measures.AXIOMS)
st.html(measures.axioms_html(found))
st.markdown("Beside published figures. The data differ: a yardstick, no contest.")
st.html(measures.published_html(found))
st.subheader("Effectiveness", anchor=False)
st.markdown(measures.EFFECTIVENESS)
st.plotly_chart(
    measures.effectiveness_figure(found), config={"displayModeBar": False}, key="effectiveness"
)
st.subheader("Truth", anchor=False)
st.markdown(measures.TRUTH)
st.html(measures.truth_html(found))
st.subheader("What z carries", anchor=False)
st.markdown(measures.PROBE)
st.html(measures.probe_html(found))
kept = found["minimality"]
st.caption(
    f"z carries {kept['kl_nats']:.2g} nats an image, and {kept['active']} of its {kept['latent']} "
    f"units are active. {found['queries']:,} queries a figure, story {found['story']}, seed "
    f"{found['seed']}: `python -m causal_explorer check {checkpoint} --queries {found['queries']}`."
)

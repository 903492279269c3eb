"""Training: the loss curves of the shipped runs and of the user's own, side by side."""

import streamlit as st

from causal_explorer.checkpoint import shipped_mechanisms
from causal_explorer.ui.address import bound
from causal_explorer.ui.as_text import as_text
from causal_explorer.ui.training import loss_curves, runs
from causal_explorer.ui.training.card import card_html

MAKE_ONE = "`python -m train scm-vae --out runs/quick --set train.steps=5000 --device cpu`"

st.title("Training", anchor=False)
st.markdown(
    "How the shipped models learned, and how yours do: every run under `runs/` is listed, also "
    "while it is still going."
)
names = runs.names()
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    chosen = bound(
        st.multiselect,
        "Runs",
        names,
        shipped_mechanisms(),
        key="runs",
        help="The shipped checkpoints by name, your own runs by folder. Choose those to compare.",
    )
    against = bound(
        st.segmented_control,
        "Against",
        loss_curves.AXES,
        default="images",
        required=True,
        key="against",
        help="Images and steps compare recipes; seconds compare machines too.",
    )
    st.button(
        "Refresh",
        icon=":material/refresh:",
        key="refresh",
        help="Reads all runs anew: one that is still going has written more.",
    )
if not runs.own_names():
    st.caption(f"No run of your own is here yet. {MAKE_ONE} makes one in some minutes.")
if not chosen:
    st.info("Choose at least one run.")
    st.stop()

compared = [runs.read(name) for name in names if name in chosen]
for note in filter(None, (run.note for run in compared)):
    st.caption(as_text(note))
look, charts = loss_curves.looks(names), loss_curves.by_loss(compared)
with st.grid(min(2, len(charts)), min_column_width=360):
    for loss, alike in charts.items():
        with st.container():
            st.markdown(f"**{as_text(loss)}**")
            st.plotly_chart(
                loss_curves.figure(alike, look, against or "images"),
                config={"displayModeBar": False},
                alt=loss_curves.in_words(alike),
                key=f"curves {loss}",
            )
st.caption(
    "Points: validation, of the average of the weights where the recipe keeps one. Dotted: "
    "training, of the weights as they move, a mean since the point before."
)
table, meaning = st.columns([2, 1], gap="large")
table.html(loss_curves.compared_html(compared))
meaning.markdown(loss_curves.MEANING)

st.subheader("One run", anchor=False)
chosen_one = bound(
    st.selectbox,
    "Run",
    [run.name for run in compared],
    key="run",
    width=320,
    help="Its card and its config, as of its last save.",
)
one = next((run for run in compared if run.name == chosen_one), compared[0])
if not (one.card or one.config):
    st.info(f"{as_text(one.name)} has no save yet: its card and its config come with the first.")
    st.stop()
card, config = st.columns([2, 1], gap="large")
card.html(card_html(one.card))
with config.expander("Config"):
    st.html(loss_curves.config_html(one))

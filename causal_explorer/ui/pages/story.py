"""Story: which factor causes which; edit an arrow and see the joint distribution move."""

import streamlit as st

from causal_explorer.scm.story import parse
from causal_explorer.ui import address, serving
from causal_explorer.ui.as_text import MANY, as_text, escape
from causal_explorer.ui.story import entailed, story_editor, story_figures, told
from causal_explorer.ui.story import story_controls as widgets

address.drop_endless_numbers()
st.title("Story", anchor=False)
st.markdown(
    "A story says which factor causes which, and how strongly. Change an arrow, and see the "
    "distribution of the factors move."
)
widgets.take_link()
name = widgets.pick()
original = widgets.original_text(name)
text = st.session_state.get(widgets.EDITS, {}).get(name, original)
before, now, was_edited = parse(name, original), parse(name, text), text != original
own = text if was_edited or name == widgets.UPLOADED else None
st.session_state[told.EDITED_STORY] = own
told.into_link(own)
known = {variable.name: variable for variable in entailed.story_scm(text).all}
first = "uploaded" if name == widgets.UPLOADED else "shipped"
told.show_refusal()
st.html(f'<p style="margin: 0; overflow-wrap: anywhere">{escape(before.summary)}</p>')

left, right = st.columns([1, 2], gap="large")
with left:
    st.subheader("Edit the arrows", anchor=False)
    widgets.strengths(name, now)
    widgets.new_arrow(name, known, before, now)
    st.button(
        f"Back to the {first} story",
        icon=":material/undo:",
        key="back",
        on_click=widgets.keep,
        args=(name, original),
        disabled=not was_edited,
        help="Drops all edits of this story.",
    )
    st.caption(
        "The image model needs no retraining when the story changes: p(x | v, z) says how factors "
        "look, not how they came about. Mechanisms are independent. Explore offers the story that "
        "is edited here as *edited*."
    )
with right:
    words = story_editor.caption(now, before)
    graph, choice = st.columns([2, 1], gap="medium")
    graph.graphviz_chart(story_editor.dot(now, before), alt=f"Causal graph. {words}")
    graph.caption(as_text(words, longest=MANY))
    with choice:
        a, b = widgets.pair(
            ("Columns", "joint_a", "scale", "The factor of the map below that runs to the right."),
            ("Rows", "joint_b", "posY", "The one that runs upwards; posY runs downwards."),
            list(widgets.BY_NAME),
        )
    if a == b:
        st.info("Choose two different factors.")
    else:
        widgets.joints(original, text, a, b, first)

st.subheader("Seeing is not doing", anchor=False)
chart, side = st.columns([2, 1], gap="large", vertical_alignment="center")
with side:
    cause, effect = widgets.pair(
        ("Cause", "rung_cause", "scale", "The factor that is seen, or set."),
        ("Effect", "rung_effect", "posY", "Its mean is shown; shapes and angles have none."),
        widgets.ORDERED,
    )
if cause == effect:
    chart.info("Choose two different factors.")
else:
    see, do = entailed.seeing_and_doing(text, cause.name, effect.name)
    said = story_figures.remark(see, do, cause, effect)
    figure = story_figures.means_figure(see, do, cause, effect)
    chart.plotly_chart(figure, config=widgets.STILL, alt=said, key="means")
    side.markdown(said)
    side.caption(
        f"See: the mean of {effect.name} among those whose {cause.name} is k. Do: its mean if "
        f"{cause.name} were set to k for all. Both are exact, from the story's tables, and in "
        "classes."
    )

st.subheader("Take it with you", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    count = widgets.number(
        "Pictures", 1000, (100, 100_000), "resample_count", "Drawn from the story."
    )
    seed = widgets.number(
        "Seed", 0, (0, 2**31 - 1), "resample_seed", "The same seed draws the same."
    )
    st.download_button(
        "The data set as .npz",
        entailed.data_set(text, count, seed),
        f"{name}-{count}.npz",
        on_click="ignore",
        icon=":material/download:",
        help="index: rows of dSprites. multiplicity: how often each is drawn. seed. story: its "
        "own text.",
    )
    st.download_button(
        "The story as TOML",
        text,
        f"{name}{'-edited' if was_edited else ''}.toml",
        "application/toml",
        on_click="ignore",
        icon=":material/download:",
        help="A text of a few lines. Edit it and upload it above, or give it to ce.load.",
    )
st.html(
    story_figures.sheet_html(
        map(serving.picture, entailed.first_sprites(text, count, seed, widgets.SHOWN)),
        f"The first {widgets.SHOWN} pictures drawn from the story",
    )
)
st.caption(
    f"Resampled: the first {widgets.SHOWN} of {count:,} pictures that the story draws. The file "
    "holds the rows of dSprites and how often each occurs, not the pictures."
)

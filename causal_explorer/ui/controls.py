"""The widgets; what they hold is the question. Each is mirrored in the page's address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from causal_explorer.scm.coupling import COUPLINGS
from causal_explorer.scm.stories import STORIES
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.catalogue import label
from causal_explorer.sharing.link import EDITED
from causal_explorer.sharing.question import EVIDENCE, Classes, Question
from causal_explorer.ui import address
from causal_explorer.ui.address import bound
from causal_explorer.ui.story import told

SAMPLES = (1, 11, 101, 1001, 10001)
_QUICK = 1_001  # draws: with more, the pictures of all values of a factor take over a second
_SPRITE = {"shape": 2, "scale": 3, "orientation": 4, "posX": 10, "posY": 16}
_DO = {"shape": 0, "scale": 0, "orientation": 0, "posX": 16, "posY": 16}
_FEW = 6  # labels that fit side by side


def sprite(variables: tuple[Variable, ...], idle: Mapping[str, str] | None = None) -> Classes:
    """The factors of the sprite that is asked about.

    Args:
        variables: of the data set.
        idle: of a factor that the question does not look at: a sentence that says why.
    """
    why = idle or {}
    return tuple(
        (
            v.name,
            choose_class(v, v.name, _SPRITE[v.name], v.name, v.name in why, why.get(v.name, "")),
        )
        for v in variables
    )


def intervention(variables: tuple[Variable, ...]) -> Classes:
    """Any subset of the factors as targets of do(), and a value for each."""
    return _settings(
        variables,
        "Intervene on",
        "shape",
        "do({} = …)",
        "do() sets a factor from outside: its own causes no longer matter, and its descendants "
        "answer. Choose one or more.",
    )


def words(variables: tuple[Variable, ...]) -> Classes:
    """Any subset of the factors and a value for each: what is seen, done and imagined."""
    return _settings(
        variables,
        "The words",
        "scale",
        "{} = …",
        "The same factors with the same values are seen, done and imagined. Choose one or more.",
    )


def _settings(
    variables: tuple[Variable, ...], label: str, first: str, each: str, explained: str
) -> Classes:
    targets = bound(
        st.pills,
        label,
        [variable.name for variable in variables],
        selection_mode="multi",
        default=[first],
        key="do",
        wrap=True,
        help=explained,
    )
    return tuple(
        (v.name, choose_class(v, f"do_{v.name}", _DO[v.name], each.format(v.name)))
        for v in variables
        if v.name in targets
    )


def evidence() -> str:
    """What is known of the sprite that is asked about."""
    chosen = bound(
        st.segmented_control,
        "What is known",
        EVIDENCE,
        default="sprite",
        required=True,
        format_func=EVIDENCE.__getitem__,
        key="evidence",
        help="The image with its labels; the image alone, whose factors are then inferred; some "
        "of the factors and no image; or an image of your own.",
    )
    return chosen or "sprite"


def known_factors(variables: tuple[Variable, ...]) -> list[str]:
    """Which of the factors are known, where there is no image."""
    return bound(
        st.pills,
        "Known factors",
        [variable.name for variable in variables],
        selection_mode="multi",
        default=["shape"],
        key="known",
        wrap=True,
        help="Their values are those of the sprite above. What is not known follows the story.",
    )


def upload(changed: Callable[[], None]) -> Any:
    """A file of the user's.

    Args:
        changed: called where it is given, replaced or taken away.
    """
    return st.file_uploader(
        "Your image",
        ["png", "jpg", "jpeg", "gif", "webp"],
        key="upload",
        on_change=changed,
        help="A dark or a light shape on a plain ground: a photo, a screenshot or a drawing. It "
        "stays on the machine that runs this app.",
    )


def system(names: list[str], default: str) -> str:
    """Which of the systems is asked."""
    chosen = bound(
        st.selectbox,
        "System",
        [default, *(name for name in names if name != default)],
        format_func=label,
        key="system",
        help="Each has a model, a data set whose truth is known, and questions that it can be "
        "asked. The page Models compares them.",
    )
    return chosen or default


def image_model(names: list[str], default: str) -> str:
    """Which trained image mechanism paints."""
    return one_of(
        "Image model",
        names,
        default,
        "model",
        "What paints p(x | v, z). scm-vae places a learned outline; scm-vae-mlp is the dense "
        "network that one would try first, kept to show what a blurred answer costs.",
    )


def story() -> str:
    """The causal story: a name, or the text of the one that was edited on its page."""
    edited = told.edited()
    if told.is_refused():
        address.told_elsewhere("story")
    chosen = one_of(
        "Causal story",
        [*STORIES, EDITED] if edited else STORIES,
        "default",
        "story",
        "Which factor causes which. The image model needs no retraining when the story changes, "
        "because p(x | v, z) does not depend on it: independent mechanisms.",
    )
    own = edited if chosen == EDITED else None
    told.into_link(own)
    return own or (chosen if chosen in STORIES else "default")


def coupling() -> str:
    """How the noise of a factor makes its class."""
    return one_of(
        "Coupling",
        COUPLINGS,
        "gumbel",
        "coupling",
        "How the same noise answers under other causes. Gumbel-max keeps a value where it can and "
        "knows no order: of ordered factors imagining is then nearly doing. Of the first sprite "
        "under do(scale = 0), posY is 0.024 from doing in total variation, under monotone 0.760. "
        "Monotone keeps the rank, and orders even shapes by their numbers. Data cannot tell them "
        "apart: it is a modelling choice.",
    )


def samples() -> int:
    """Draws of the noise."""
    return bound(
        st.select_slider,
        "Samples",
        SAMPLES,
        value=1001,
        key="samples",
        help="Draws of the factors' noise, given the image. One draw is one possible answer; "
        "many show how sure the answer is.",
    )


def seed() -> int:
    """Of the draws; an emptied field counts as 0."""
    value = bound(
        st.number_input,
        "Seed",
        min_value=0,
        max_value=2**31 - 1,
        value=0,
        step=1,
        key="seed",
        help="The same seed gives the same draws.",
    )
    return value or 0


def followed(question: Question) -> dict[str, int]:
    """The widgets whose pictures can follow them while they move, by key, and their values."""
    keys = {f"do_{name}": value for name, value in question.do}
    if question.samples <= _QUICK and question.evidence != "upload":
        keys |= dict(question.sprite)
    return keys


def presenting() -> bool:
    """Whether the page is shown to a room: large pictures, and nothing that is not needed."""
    return bound(
        st.toggle,
        "Presenter mode",
        key="present",
        help="Large pictures and letters for a projector; hides the sidebar and all explanations. "
        "The same switch leads back.",
    )


def set_sprite(names: list[str], classes: tuple[int, ...]) -> None:
    """Moves the sprite's widgets; for use in a callback."""
    for name, value in zip(names, classes, strict=True):
        st.session_state[name] = value


def choose_class(
    variable: Variable,
    key: str,
    default: int,
    label: str,
    disabled: bool = False,
    why: str = "",
) -> int:
    """A class by its name where it has one, otherwise by its number.

    Args:
        variable: whose class.
        key: of the widget, and in the address.
        default: class.
        label: of the widget.
        disabled: whether it has no effect.
        why: a sentence on that, for its help.
    """
    explained = f"{variable.about} {why}".strip()
    if not variable.labels:
        return bound(
            st.slider,
            label,
            0,
            variable.classes - 1,
            default,
            key=key,
            help=explained,
            disabled=disabled,
        )
    choose = st.segmented_control if variable.classes <= _FEW else st.pills
    chosen = bound(
        choose,
        label,
        range(variable.classes),
        default=default,
        required=True,
        format_func=variable.label,
        key=key,
        help=explained,
        disabled=disabled,
    )
    return default if chosen is None else chosen  # an address can empty even a required choice


def one_of(
    label: str,
    options: Iterable[str],
    default: str,
    key: str,
    words: str,
    called: Callable[[str], str] = str,
) -> str:
    """One of a few names; folders of the user's are listed, as no row of buttons holds them.

    Args:
        label: of the widget.
        options: to choose from.
        default: among them.
        key: of the widget, and in the address.
        words: its help.
        called: how an option is shown.
    """
    names = list(options)
    if st.session_state.get(key, names[0]) not in names:  # of another page, which offers more
        del st.session_state[key]
    settings: dict[str, Any] = {"format_func": called, "key": key, "help": words}
    if any("/" in name for name in names):
        chosen = bound(st.selectbox, label, names, names.index(default), **settings)
    else:
        chosen = bound(
            st.segmented_control, label, names, default=default, required=True, **settings
        )
    return chosen or default

"""The stories that come with the project, and those in the user's own files.

The image mechanism p(x | v, z) is taken to be the same under every story (independent mechanisms,
Peters, Janzing and Schölkopf 2017, section 2.1): a story is swapped without retraining. That holds
as long as z is independent of v, nothing hidden causes both a factor and the picture, and training
covered what the story may draw.
"""

from __future__ import annotations

from pathlib import Path

from causal_explorer import toml
from causal_explorer.scm.scm import SCM
from causal_explorer.scm.story import Story, parse
from causal_explorer.scm.variables import Variable
from causal_explorer.text import read_text
from causal_explorer.wording import brief, reason

_FOLDER = Path(__file__).resolve().parents[1] / "stories"
STORIES = ("default", "independent", "chain", "confounded", "shared-cause")


def read_story(name: str | Path) -> Story:
    """A story by its name, or from a TOML file.

    Raises:
        ValueError: no such story, or a file that is none.
    """
    if isinstance(name, str) and name in STORIES:
        return parse(name, read_text(_FOLDER / f"{name}.toml"))
    if not isinstance(name, (str, Path)) or not str(name).endswith(".toml"):
        raise ValueError(
            f"story={brief(name)} is unknown: it takes a .toml file, or one of "
            f"{', '.join(STORIES)}."
        )
    try:
        text = read_text(Path(name), toml.STORY)
    except (OSError, ValueError) as error:  # ValueError: a name or a text that is none
        raise ValueError(
            f"The story {brief(str(name))} cannot be read: {reason(error)}."
        ) from error
    return parse(Path(name).stem, text)


def story_named(name: str | Path, variables: tuple[Variable, ...]) -> SCM:
    """The structural causal model of a story, by its name or from a TOML file.

    Raises:
        ValueError: no such story, or one that does not fit the variables.
    """
    return read_story(name).build(variables)

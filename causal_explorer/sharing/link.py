"""A question as the address of the page that asks it, and back.

Short texts and pictures travel in the address itself, so that a link needs no server that
remembers anything.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from causal_explorer import toml
from causal_explorer.inference import arguments
from causal_explorer.scm.coupling import coupling_named
from causal_explorer.scm.stories import STORIES
from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.own_runs import image_models
from causal_explorer.sharing.question import EVIDENCE, Question
from causal_explorer.wording import brief

EDITED = "edited"  # the story's name in an address that brings its text along
Values = Sequence[str]
_PICTURE = 512  # bytes
_DIGITS = 20  # a text of more digits is read as no number


def to_params(question: Question, variables: tuple[Variable, ...]) -> dict[str, list[str]]:
    """Every input by its name in the address; a name that takes several has several values."""
    by_name = {variable.name: variable for variable in variables}
    told = question.is_told
    params = {
        **{name: [by_name[name].label(value)] for name, value in question.sprite},
        "do": [name for name, _ in question.do],
        **{f"do_{name}": [by_name[name].label(value)] for name, value in question.do},
        "evidence": [EVIDENCE[question.evidence]],
        "known": list(question.known),
        "model": [question.checkpoint],
        "story": [EDITED if told else question.story],
        "coupling": [question.coupling],
        "samples": [str(question.samples)],
        "seed": [str(question.seed)],
    }
    if told:
        params["told"] = [packed(question.story.encode())]
    if question.upload is not None:
        params["image"] = [packed(question.upload)]
    return params


def from_params(params: Mapping[str, Values], variables: tuple[Variable, ...]) -> Question:
    """The question that an address asks.

    Args:
        params: as of `to_params`, complete.
        variables: of the data set.

    Raises:
        ValueError: in one sentence, what is missing or cannot be read.
    """
    one = _last(params)
    targets, known = (_factors(params, name, variables) for name in ("do", "known"))
    story = _one(one, "story", [*STORIES, EDITED])
    label = _one(one, "evidence", list(EVIDENCE.values()))
    evidence = next(kind for kind, name in EVIDENCE.items() if name == label)
    return Question(
        checkpoint=_one(one, "model", image_models()),
        story=unpack_story(_one(one, "told")) if story == EDITED else story,
        sprite=tuple((v.name, _class(one, v.name, v)) for v in variables),
        do=tuple((v.name, _class(one, f"do_{v.name}", v)) for v in variables if v.name in targets),
        samples=_count(one, "samples", 1, arguments.MAX_SAMPLES),
        seed=_count(one, "seed", 0, 2**31 - 1),
        coupling=coupling_named(_one(one, "coupling")).name,
        evidence=evidence,
        known=tuple(v.name for v in variables if v.name in known),
        upload=unpack_picture(_one(one, "image")) if evidence == "upload" else None,
    )


def query_string(params: Mapping[str, Values]) -> str:
    """What stands behind the question mark of an address."""
    return urlencode(params, doseq=True)


def packed(content: bytes) -> str:
    """Bytes as letters that an address can hold."""
    return urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def unpacked_bytes(text: str, most: int) -> bytes:
    """The inverse of `packed`; of what holds more, nothing past `most` + 1 bytes is unpacked.

    Args:
        text: of the address.
        most: bytes that it may hold.

    Raises:
        ValueError: the text is broken, or holds too much.
    """
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacking = zlib.decompressobj()
        found = unpacking.decompress(content, most + 1)
    except (ValueError, zlib.error) as error:
        raise ValueError(
            "The link is damaged: a text or a picture in it does not unpack."
        ) from error
    if len(found) > most:
        raise ValueError(
            f"The link is damaged: a text or a picture in it holds too much, over {most:,} bytes."
        )
    if not unpacking.eof:
        raise ValueError("The link is damaged: it is cut short.")
    return found


def unpack_story(text: str) -> str:
    """The text of an edited story.

    Raises:
        ValueError: the link is damaged.
    """
    try:
        return unpacked_bytes(text, toml.STORY).decode()
    except UnicodeDecodeError as error:
        raise ValueError("The link is damaged: its story is no text.") from error


def unpack_picture(text: str) -> bytes:
    """The 512 bytes of a picture at 1 bit a pixel.

    Raises:
        ValueError: the link is damaged.
    """
    found = unpacked_bytes(text, _PICTURE)
    if len(found) != _PICTURE:
        raise ValueError(f"The link is damaged: its picture has {len(found)} bytes, not 512.")
    return found


def _last(params: object) -> dict[str, str]:
    """The last of each name's values."""
    if not isinstance(params, Mapping):
        raise ValueError(f"A link is {brief(params)}: it takes a dict from a name to its texts.")
    for name, values in params.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError(
                f"The link says {brief(name)}={brief(values)}: it takes a list of texts."
            )
    return {name: values[-1] for name, values in params.items() if values}


def _factors(params: Mapping[str, Values], name: str, variables: tuple[Variable, ...]) -> set[str]:
    """The factors that a name lists."""
    found = set(params.get(name, ()))
    if unknown := found - {variable.name for variable in variables}:
        raise ValueError(f"The link says {name}={brief(min(unknown))}: there is no such factor.")
    return found


def _one(params: Mapping[str, str], name: str, allowed: Sequence[str] = ()) -> str:
    if name not in params:
        raise ValueError(f"The link lacks {name}.")
    if allowed and params[name] not in allowed:
        raise ValueError(
            f"The link says {name}={brief(params[name])}: it takes {', '.join(allowed)}."
        )
    return params[name]


def _count(params: Mapping[str, str], name: str, lowest: int, highest: int) -> int:
    return arguments.parse_count(_number(_one(params, name)), name, lowest, highest)


def _class(params: Mapping[str, str], name: str, variable: Variable) -> int:
    return variable.parse(_number(_one(params, name)))


def _number(text: str) -> int | str:
    """A number, where the text is one that any input could take."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else text

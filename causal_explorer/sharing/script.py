"""A question as the lines of Python that ask it in a notebook."""

from __future__ import annotations

import json
import re
from base64 import b64encode

from causal_explorer.scm.variables import Variable
from causal_explorer.sharing.question import Question
from causal_explorer.sharing.record import labelled
from causal_explorer.sharing.words import describe

_LONG = 76  # characters of a picture on one line
_UNSAFE_QUOTES = re.compile(r'"{3,}|"+\Z')  # what would end a text in triple quotes


def python_lines(question: Question, variables: tuple[Variable, ...]) -> str:
    """Lines that give the question's answer, bit for bit, with the library's front door alone.

    Args:
        question: to ask.
        variables: of the data set.
    """
    parts = [_imports(question), *_before(question, variables), _asked(question, variables)]
    return "\n\n".join(parts) + "\n"


def _imports(question: Question) -> str:
    """Those that the lines need: the standard library, numpy, this library."""
    own = ["import causal_explorer as ce"]
    if question.evidence == "image":
        own.append("from causal_explorer.data import dsprites")
    if question.is_told:
        own.append("from causal_explorer.scm.story import parse")
    groups = ["\n".join(own)]
    if question.pictured:
        groups.insert(0, "import numpy as np")
    if question.evidence == "upload":
        groups.insert(0, "from base64 import b64decode")
    return "\n\n".join(groups)


def _before(question: Question, variables: tuple[Variable, ...]) -> list[str]:
    """What is made before it is asked: the edited story, the picture."""
    parts = []
    if question.is_told:
        parts.append(f'story = parse("edited", {_literal(question.story)})')
    if question.evidence == "image":
        row = [value for _, value in question.sprite]
        parts.append(
            f"# {describe(dict(question.sprite), variables)}\n"
            f"image = dsprites.render(np.array([{row}]))[0]"
        )
    if question.evidence == "upload" and question.upload is not None:
        parts.append(_bits(question.upload))
    return parts


def _asked(question: Question, variables: tuple[Variable, ...]) -> str:
    """The model, the call and the two numbers."""
    story = "story" if question.is_told else json.dumps(question.story)
    opened = f"ce.load({json.dumps(question.checkpoint, ensure_ascii=False)}).with_story({story})"
    known = json.dumps(labelled(dict(question.factors), variables))
    do = json.dumps(labelled(dict(question.do), variables))
    if not question.do:
        do = f'{{"{variables[0].name}": ce.Shift(0)}}'
    return "\n".join(
        [
            f"explorer = {opened}",
            "answer = explorer.counterfactual(",
            "    image=image," if question.pictured else f"    factors={known},",
            f"    do={do}," + ("" if question.do else "  # nothing is set: it stays as it is"),
            f"    samples={question.samples},",
            f"    seed={question.seed},",
            f"    coupling={json.dumps(question.coupling)},",
            ")",
            "print(answer.l1, answer.iou)",
        ]
    )


def _bits(picture: bytes) -> str:
    """A picture of 1 bit a pixel as base64, and the array that it is."""
    text = b64encode(picture).decode()
    lines = [text[start : start + _LONG] for start in range(0, len(text), _LONG)]
    return "\n".join(
        [
            "bits = b64decode(",
            *(f'    "{line}"' for line in lines),
            ")",
            "image = np.unpackbits(np.frombuffer(bits, dtype=np.uint8)).reshape(64, 64)",
        ]
    )


def _literal(text: str) -> str:
    """A text in triple quotes that Python reads back character by character."""
    shown = "".join(_escaped(character) for character in text)
    safe = _UNSAFE_QUOTES.sub(lambda quotes: r"\"" * len(quotes[0]), shown)
    return f'"""\\\n{safe}"""'


def _escaped(character: str) -> str:
    """Backslashes and what cannot be printed as Python's escapes; the end of a line stays."""
    if character == "\\" or not (character.isprintable() or character == "\n"):
        return character.encode("unicode_escape").decode()
    return character

import ast
from dataclasses import replace

import numpy as np
import pytest

import causal_explorer as ce
from causal_explorer.data import dsprites
from causal_explorer.scm.stories import read_story
from causal_explorer.sharing.question import Question, named_or_told
from causal_explorer.sharing.script import python_lines
from tests.ui.small import HEART, NAMES

SPRITE = tuple(zip(NAMES, HEART, strict=True))
BASE = Question("scm-vae", "default", SPRITE, (("shape", 0), ("posX", 31)), 50, 7, "monotone")
BITS = np.packbits(dsprites.render(np.array([HEART]))[0]).tobytes()
QUOTED = '# """ and \'\'\' and \\n and \\\\ """"\n' + read_story("confounded").to_toml()
QUESTIONS = {
    "sprite": BASE,
    "image": replace(BASE, evidence="image"),
    "factors": replace(BASE, evidence="factors", known=("shape", "posY")),
    "upload": replace(BASE, evidence="upload", upload=BITS, do=(("shape", 1),)),
    "story": replace(BASE, story="chain", coupling="gumbel"),
    "edited story": replace(BASE, story=QUOTED),
    "edited story, upload": replace(BASE, story=QUOTED, evidence="upload", upload=BITS),
    "no do": replace(BASE, do=()),
    "no do, image": replace(BASE, do=(), evidence="image"),
    "another model": replace(BASE, checkpoint="scm-vae-mlp"),
}
IMPORTS = {
    "from base64 import b64decode",
    "import numpy as np",
    "import causal_explorer as ce",
    "from causal_explorer.data import dsprites",
    "from causal_explorer.scm.story import parse",
}


@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_lines_give_the_questions_answer_bit_for_bit(kind, capsys):
    question = QUESTIONS[kind]
    scope: dict = {}
    exec(compile(python_lines(question, dsprites.FACTORS), kind, "exec"), scope)
    found = scope["answer"]
    explorer = ce.load(question.checkpoint).with_story(named_or_told(question.story))
    asked = question.ask(explorer)
    for name in ("original", "reconstruction", "density", "truth", "factual", "counterfactual"):
        assert getattr(found, name).tobytes() == getattr(asked, name).tobytes(), name
    assert capsys.readouterr().out == f"{asked.l1} {asked.iou}\n"


@pytest.mark.parametrize("kind", QUESTIONS)
def test_they_import_what_they_need_and_no_more(kind):
    lines = python_lines(QUESTIONS[kind], dsprites.FACTORS)
    tree = ast.parse(lines)
    found = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert {ast.unparse(node) for node in found} <= IMPORTS
    bound = [alias.asname or alias.name for node in found for alias in node.names]
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(bound) <= used


@pytest.mark.parametrize("text", ["", "\\", '"', '""', '"""', '\\"', "\r\n", "\t\x00\u2028é…", "'"])
def test_a_storys_text_comes_through_character_by_character(text):
    story = f"{text}\n{text}a{text}"
    tree = ast.parse(python_lines(replace(BASE, story=story), dsprites.FACTORS))
    (call,) = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "parse"
    ]
    assert [ast.literal_eval(argument) for argument in call.args] == ["edited", story]


def test_no_line_is_too_long_to_read():
    widest = tuple((name, 1 if name == "shape" else 16) for name in NAMES)
    widest = tuple((n, 5 if n == "scale" else k) for n, k in widest)
    asked = replace(BASE, sprite=widest, do=widest, samples=100_000, seed=2**31 - 1)
    for question in (asked, replace(asked, evidence="image"), QUESTIONS["upload"]):
        lines = python_lines(question, dsprites.FACTORS).splitlines()
        assert max(map(len, lines)) <= 88


def test_a_shape_is_called_by_its_name():
    lines = python_lines(BASE, dsprites.FACTORS)
    assert '"shape": "heart", "scale": 3' in lines
    assert 'do={"shape": "square", "posX": 31}' in lines

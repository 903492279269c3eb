"""The README's Python runs as it stands, and its commands are those that exist."""

import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from causal_explorer.data import dsprites

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_examples_run_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    heart = 255 * dsprites.render(np.array([[2, 5, 0, 16, 16]]))[0]
    Image.fromarray(heart).resize((256, 256), Image.Resampling.NEAREST).save("photo.jpg")
    scope: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    answers = []
    printed = []
    for block in blocks:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(block, "README.md", "exec"), scope)
        printed.append(out.getvalue())
        answers.append(scope["answer"])
    (shown,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    assert printed[0] == shown, "what the first example prints is what stands below it"
    assert len(blocks) == 4
    assert answers[0].l1 < 1e-4
    assert answers[0].iou > 0.99999, "an even number of draws, nine of whose pixels stand at 0.5"
    assert answers[1].posterior.best["shape"] == 2, "the photo's heart"
    assert answers[1].posterior.none < 0.01
    assert scope["before"].shape == scope["after"].shape == (8, 64, 64)
    assert not scope["before"].equal(scope["after"])
    assert scope["after"].flatten(1).any(1).all(), "a square each"
    assert scope["swung"].read["shadow_position"] == pytest.approx(8.97, abs=0.2), "re-rendered"
    assert scope["effect"].ate == pytest.approx(scope["effect"].truth_ate, abs=0.3)
    assert answers[3].iou > 0.95


def test_files_that_the_readme_names_exist():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", re.findall(r"python -m ([\w.]+)", README))
def test_modules_that_the_readme_names_exist(name):
    path = ROOT / name.replace(".", "/")
    runs = (path / "__main__.py").is_file()
    assert runs or 'if __name__ == "__main__":' in path.with_suffix(".py").read_text()

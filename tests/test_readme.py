"""The README's Python runs as it stands, and its commands are those that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def test_the_python_examples_run_in_order():
    scope: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "README.md", "exec"), scope)
    assert scope["answer"].l1 < 1e-4
    assert scope["before"].shape == scope["after"].shape == (8, 64, 64)
    assert not scope["before"].equal(scope["after"])
    assert scope["after"].flatten(1).any(1).all(), "a square each"


def test_files_that_the_readme_names_exist():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("name", re.findall(r"python -m ([\w.]+)", README))
def test_modules_that_the_readme_names_exist(name):
    path = ROOT / name.replace(".", "/")
    runs = (path / "__main__.py").is_file()
    assert runs or 'if __name__ == "__main__":' in path.with_suffix(".py").read_text()

"""What pyproject.toml cannot say: `checkpoints/` is installed inside the package.

The folder stays where people look for it; `ce.load` finds either.
"""

from setuptools import find_packages, setup

_CHECKPOINTS = "causal_explorer.checkpoints"

setup(
    packages=[*find_packages(include=["causal_explorer*", "train*"]), _CHECKPOINTS],
    package_dir={_CHECKPOINTS: "checkpoints"},
)

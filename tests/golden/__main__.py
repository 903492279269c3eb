"""`python -m tests.golden` writes down what the code at hand answers; later code keeps to it."""

import json
from pathlib import Path

import torch

from tests.golden.digests import digest, probe
from tests.golden.questions import all_questions

FILE = Path(__file__).with_name("answers.json")


def main() -> None:
    """One thread: how many there are shows in the bits."""
    torch.set_num_threads(1)
    found = {name: digest(ask()) for name, ask in all_questions()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found.items())
    text = f'{{"probe": "{probe()}", "answers": {{\n{lines}\n}}}}\n'
    FILE.write_text(text, encoding="utf-8")
    print(f"{len(found)} answers: {FILE}")


if __name__ == "__main__":
    main()

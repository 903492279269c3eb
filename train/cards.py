"""`python -m train.cards checkpoints/scm-vae …`: writes cards anew, from what training recorded.

Nothing is trained or measured: date, device, seconds, commit and figures stay as they are, and so
does every other file, but for the card's line in SHA256SUMS.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from pathlib import Path

from causal_explorer import checkpoint
from causal_explorer.models.base import Model
from causal_explorer.whole import write_whole
from causal_explorer.wording import first_line
from train.card import card

_KEPT = {  # what only the card of an older checkpoint says
    "date": re.compile(r"\btrained (\d{4}-\d\d-\d\d) by\n"),
    "versions": re.compile(r"^\| versions \| (.+) \|$", re.MULTILINE),
}


def rewrite(name: str | Path) -> Path:
    """Writes the card of a checkpoint anew; its path.

    Raises:
        ValueError: no checkpoint, a damaged one, or one whose records hold too little.
        OSError: the folder cannot be written.
    """
    folder = checkpoint.find(name)
    found = checkpoint.read(folder, Model)
    try:
        page = card(found.id, found.config, _recorded(found.card) | found.metrics)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder} does not record {first_line(error)}.") from error
    text = page.encode()
    sums = (folder / "SHA256SUMS").read_text()
    digest = hashlib.sha256(text).hexdigest()
    write_whole(folder / "card.md", text)
    write_whole(
        folder / "SHA256SUMS",
        re.sub(r"^\w+(?=\s+card\.md$)", digest, sums, flags=re.MULTILINE).encode(),
    )
    return folder / "card.md"


def _recorded(page: str) -> dict[str, str]:
    found = {key: pattern.search(page) for key, pattern in _KEPT.items()}
    return {key: match[1] for key, match in found.items() if match}


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; 0 if all cards were written."""
    parser = argparse.ArgumentParser(prog="python -m train.cards", description=__doc__)
    parser.add_argument(
        "checkpoints", nargs="*", help="names under checkpoints/, or folders; left out, all shipped"
    )
    options = parser.parse_args(arguments)
    try:
        for name in options.checkpoints or checkpoint.shipped():
            print(rewrite(name))
    except (ValueError, OSError) as error:
        print(f"error: {first_line(error)}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

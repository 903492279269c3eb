"""Files that are written whole or not at all: beside their place, and then moved there."""

from __future__ import annotations

import contextlib
import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from causal_explorer.wording import reason


@contextlib.contextmanager
def beside(path: Path) -> Iterator[io.BufferedRandom]:
    """A temporary file that takes the place of `path`, or is removed.

    Raises:
        OSError: the folder cannot be written; what was there stays as it was.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> Path:
    """Writes a file, which another that reads it finds as it was or as it is.

    Raises:
        OSError: in one sentence, that it cannot be written; what was there stays as it was.
    """
    try:
        with beside(path) as file:
            file.write(content)
    except OSError as error:
        raise OSError(
            f"{path} cannot be written: {reason(error)}. What was there stays as it was."
        ) from error
    return path

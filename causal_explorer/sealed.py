"""A folder's files, each under its checksum in SHA256SUMS; `sha256sum -c SHA256SUMS` checks it too.

The folder may come from a stranger: no file is read that leads elsewhere or is far larger than what
it is for.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from causal_explorer.text import lines_of
from causal_explorer.wording import brief, first_line, reason

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-fA-F]{64})\s+\*?(\S.*)")  # the star: of a file read as bytes
_KIB = 1024
_LARGEST = {  # bytes: many times what any of ours has
    SUMS: 64 * _KIB,
    "config.json": 256 * _KIB,
    "metrics.json": 4_096 * _KIB,
    "card.md": 1_024 * _KIB,
    "history.jsonl": 256 * _KIB * _KIB,
    "model.safetensors": 4 * _KIB**3,
}
_OTHER = 64 * _KIB * _KIB  # of a study and the like


def contents(folder: Path, name: str) -> bytes:
    """The bytes of a file of a folder.

    Raises:
        ValueError: in one sentence, that it is missing, leads out of the folder, is too large or
            cannot be read.
    """
    path, largest = folder / name, _LARGEST.get(name, _OTHER)
    try:
        if not path.is_file():
            raise ValueError(f"The checkpoint {folder} lacks {name} or its checksum.")
        if path.resolve().parent != folder.resolve():
            raise ValueError(f"{path} leads out of its folder: it takes a file, not a link.")
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size > largest:
                raise ValueError(f"{path} has {size:,} bytes: it takes at most {largest:,}.")
            file.seek(0)
            return file.read(largest)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {reason(error)}.") from error


def verified(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """The bytes of each file, once its checksum is seen to hold.

    Raises:
        ValueError: as `contents`; or a checksum is missing or another.
    """
    sums = sums_of(folder)
    files = {}
    for name in names:
        if name not in sums:
            raise ValueError(f"The checkpoint {folder} lacks {name} or its checksum.")
        files[name] = contents(folder, name)
        if digest(files[name]) != sums[name]:
            raise ValueError(
                f"{folder / name} does not match its checksum in {SUMS}: "
                "the file is damaged or was altered; restore it or train again."
            )
    return files


def seal(folder: Path, names: tuple[str, ...]) -> None:
    """Writes the checksums of a folder's files.

    Raises:
        OSError: it cannot be written.
    """
    sums = [f"{digest((folder / name).read_bytes())}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sums_of(folder: Path) -> dict[str, str]:
    """Checksums by file, as `sha256sum` writes them.

    Raises:
        ValueError: they cannot be read.
    """
    try:
        lines = lines_of(contents(folder, SUMS))
    except ValueError as error:
        raise ValueError(f"{folder / SUMS} cannot be read: {first_line(error)}.") from error
    found = {}
    for number, line in enumerate(lines, 1):
        told = _LINE.fullmatch(line.strip())
        if not told:
            raise ValueError(
                f"{folder / SUMS} cannot be read: its line {number} is {brief(line)}, not a "
                "SHA-256 and a file's name."
            )
        found[told[2]] = told[1].lower()
    return found

"""All dSprites pictures at 1 bit a pixel: drawn once, then mapped from the user's cache.

A store is one file, so that one rename replaces it: the pictures, the CRC-32 of each
block of pictures, and a mark with the version. CRC-32 finds every flipped bit and guards
against accidents, not attackers: the store holds nothing that cannot be drawn again.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from causal_explorer.data import dsprites, raster
from causal_explorer.whole import beside

VERSION = 1  # raise it when the renderer draws other pixels: older stores are drawn again
CACHE_VARIABLE = "CAUSAL_EXPLORER_CACHE"

_PICTURE = raster.SIZE**2 // 8  # bytes
_BLOCK = 16_384  # pictures, 8 MiB: drawn, written and checked at a time
_ABANDONED = 3600  # seconds without a write after which a temporary file has no owner

_log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """The folder named by CAUSAL_EXPLORER_CACHE, else the system's place for caches."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser()
    import platformdirs  # a machine that names its folder need not have it

    return platformdirs.user_cache_path("causal-explorer")


def open_store(
    folder: Path | None = None, progress: bool = True, *, count: int = dsprites.COUNT
) -> np.ndarray:
    """Opens the store, drawing it first where it is absent, damaged or of another version.

    Args:
        folder: where the store is kept; None for `cache_folder()`.
        progress: show a bar while the pictures are drawn.
        count: the first so many pictures; each count has a file of its own.

    Returns:
        (count, 512) uint8, read-only and mapped from the file: row i holds the picture
        `dsprites.classes_of(i)`, packed as by `numpy.packbits`.

    Raises:
        OSError: the folder cannot be written or has too little room.
        ValueError: the disk gives back other bytes than were just written.
    """
    path = (folder or cache_folder()) / f"dsprites-{count}.bits"
    try:
        return _read(path, count)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as fault:
        _log.warning("%s; its pictures are drawn again.", fault)
    _build(path, count, progress)
    return _read(path, count)


@contextlib.contextmanager
def replacing(path: Path, size: int) -> Iterator[io.BufferedRandom]:
    """Writes a file whole or not at all.

    The block writes to a temporary file beside `path`. When it ends well, that file takes
    the place of `path` in one step; otherwise it is removed and `path` stays as it was.
    Of several writers at once, the last to end wins.

    Args:
        path: the file to write; its folder is made.
        size: bytes that will be written, for the check of free space; 0 if unknown.

    Yields:
        The temporary file, open for writing and for reading back.

    Raises:
        OSError: the folder cannot be written or has too little room.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        if shutil.disk_usage(path.parent).free < size:
            raise _no_room(path.parent, size)
        with beside(path) as file:
            yield file
    except OSError as error:
        if error.errno is None:  # not the system's: already a sentence for the user
            raise
        raise _refusal(path.parent, size, error) from error


def _remove_abandoned(path: Path) -> None:
    """Removes what writers of `path` left behind when they were killed."""
    for temporary in path.parent.glob(f".{path.name}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - temporary.stat().st_mtime > _ABANDONED:
                temporary.unlink()


def _no_room(folder: Path, size: int) -> OSError:
    needed = f"{size / 1e6:.1f} MB" if size else "More room"
    free = shutil.disk_usage(folder).free
    return OSError(
        f"{needed} is needed in {folder}, where {free / 1e6:.1f} MB is free: make room, or "
        f"set {CACHE_VARIABLE} to another folder."
    )


def _refusal(folder: Path, size: int, error: OSError) -> OSError:
    """The system's refusal to write, in a sentence that says what to do."""
    if error.errno == errno.ENOSPC:
        return _no_room(folder, size)
    return OSError(
        f"{folder} cannot be written ({error.strerror}): allow it, or set {CACHE_VARIABLE} "
        "to another folder."
    )


def _build(path: Path, count: int, progress: bool) -> None:
    """Draws the first `count` pictures into the store."""
    size = count * _PICTURE + len(_seal([0] * -(-count // _BLOCK)))
    checksums = []
    with (
        replacing(path, size) as file,
        tqdm(total=count, desc="Drawing dSprites", unit=" pictures", disable=not progress) as bar,
    ):
        for start in range(0, count, _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, count))
            block = dsprites.render_packed(dsprites.classes_of(rows)).data
            file.write(block)
            checksums.append(zlib.crc32(block))
            bar.update(len(rows))
        file.write(_seal(checksums))


def _read(path: Path, count: int) -> np.ndarray:
    """Maps a store and verifies it.

    Raises:
        OSError: it is absent or cannot be read.
        ValueError: it is half-written, of another version or damaged.
    """
    with path.open("rb") as file:
        tail = os.fstat(file.fileno()).st_size - count * _PICTURE
        if tail <= 0:
            raise ValueError(f"{path} is half-written")
        packed = np.asarray(np.memmap(file, np.uint8, "r", shape=(count, _PICTURE)))
        file.seek(-tail, os.SEEK_END)
        seal = file.read()
    if not seal.endswith(_mark()):
        raise ValueError(f"{path} is half-written or not of version {VERSION}")
    if seal != _seal(_checksums(packed)):
        raise ValueError(f"{path} is damaged")
    return packed


def _checksums(packed: np.ndarray) -> list[int]:
    """The CRC-32 of each block, on all cores: zlib lets other threads run."""
    blocks = [packed[start : start + _BLOCK] for start in range(0, len(packed), _BLOCK)]
    with ThreadPoolExecutor() as pool:
        return list(pool.map(zlib.crc32, blocks))


def _seal(checksums: list[int]) -> bytes:
    """What follows the pictures: the checksums, little-endian, and the mark."""
    return np.array(checksums, dtype="<u4").tobytes() + _mark()


def _mark() -> bytes:
    return f"causal-explorer dSprites {VERSION}\n".encode()

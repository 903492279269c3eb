"""The published dSprites file: fetched, verified, and read without unpickling anything.

Source: https://github.com/google-deepmind/dsprites-dataset (Apache-2.0). The product draws
its pictures itself; this file is what they are compared with.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import io
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from tqdm import tqdm

from causal_explorer.data import dsprites, raster, store

FILE = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"
URL = f"https://github.com/google-deepmind/dsprites-dataset/raw/master/{FILE}"
GIT_BLOB_ID = "d98996d3f8ee1550e06b9d4ed78d0beb478910d5"  # of FILE, in that repository

_BLOCK = 4096  # pictures, 16 MiB: unpacked from the archive at a time
_CHUNK = 1 << 18  # bytes fetched at a time
_TIMEOUT = 30  # seconds without an answer


def read(path: Path, blob_id: str = GIT_BLOB_ID) -> np.ndarray:
    """Reads the pictures of the published file, 1 bit a pixel.

    Only `imgs` and `latents_classes` are opened; `metadata` is a pickle and stays shut.

    Args:
        path: the file, as `download` returns it.
        blob_id: the git blob id its content must have.

    Returns:
        (N, 512) uint8, `numpy.packbits` of each picture; N is 737,280 in the published file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not the published file, or not in the order of `dsprites.index`.
    """
    with path.open("rb") as file:
        _verify(file, blob_id, path)
        file.seek(0)
        with np.load(file, allow_pickle=False) as archive:
            with archive.zip.open("imgs.npy") as member:
                packed = _pack_stream(member)
            _check_order(archive["latents_classes"], len(packed))
    return packed


def download(
    folder: Path | None = None,
    url: str = URL,
    blob_id: str = GIT_BLOB_ID,
    progress: bool = True,
) -> Path:
    """Fetches the published file, unless it is already there and whole.

    Args:
        folder: where the file is kept; None for `store.cache_folder()`.
        url: where it is fetched from.
        blob_id: the git blob id its content must have.
        progress: show a bar.

    Returns:
        The path of the verified file.

    Raises:
        ConnectionError: the network or the server failed, or the answer broke off.
        OSError: the folder cannot be written or has too little room.
        ValueError: what was fetched is not the published file.
    """
    path = (folder or store.cache_folder()) / FILE
    if _is_whole(path, blob_id):
        return path
    with _network(url):
        response = urllib.request.urlopen(url, timeout=_TIMEOUT)
    with response, store.replacing(path, _length(response)) as file:
        _copy(response, file, url, progress)
        _verify(file, blob_id, url)
    return path


def git_blob_id(file: io.BufferedIOBase) -> str:
    """The id git gives a content: SHA-1 of `blob <size>`, a zero byte and the content."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    header = b"blob %d\0" % size
    return hashlib.file_digest(file, lambda: hashlib.sha1(header)).hexdigest()


def _verify(file: io.BufferedIOBase, blob_id: str, source: Path | str) -> None:
    found = git_blob_id(file)
    if found != blob_id:
        raise ValueError(
            f"{source} has git blob id {found}, not {blob_id}: it is damaged or not the "
            f"published {FILE}; fetch it again from {URL}."
        )


def _is_whole(path: Path, blob_id: str) -> bool:
    try:
        with path.open("rb") as file:
            return git_blob_id(file) == blob_id
    except OSError:
        return False


def _pack_stream(member: IO[bytes]) -> np.ndarray:
    """Packs a .npy stream of (N, 64, 64) uint8 pictures without holding them all."""
    shape, dtype = _header(member)
    if shape[1:] != (raster.SIZE, raster.SIZE) or dtype != np.uint8:
        raise ValueError(f"imgs is {dtype} {shape}: it takes uint8 (N, 64, 64).")
    packed = np.empty((shape[0], raster.SIZE**2 // 8), dtype=np.uint8)
    for start in range(0, len(packed), _BLOCK):
        block = packed[start : start + _BLOCK]
        pixels = np.frombuffer(member.read(len(block) * raster.SIZE**2), dtype=np.uint8)
        block[:] = np.packbits(pixels.reshape(len(block), -1), axis=1)
    return packed


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """The shape and type of a .npy stream, which is left at its first element."""
    version = np.lib.format.read_magic(member)
    if version != (1, 0):
        raise ValueError(f"imgs is in .npy format {version}: it takes (1, 0).")
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(member)
    if fortran_order:
        raise ValueError("imgs is in Fortran order: it takes C order.")
    return shape, dtype


def _check_order(classes: np.ndarray, count: int) -> None:
    """Checks that the rows, (N, 6) with colour first, come as `dsprites.classes_of` says."""
    ours = dsprites.classes_of(np.arange(count))
    if not np.array_equal(classes, np.insert(ours, 0, 0, axis=1)):
        raise ValueError(
            "latents_classes is not in the published order (colour, shape, scale, "
            "orientation, posX, posY, the last running fastest)."
        )


def _copy(response: http.client.HTTPResponse, file: IO[bytes], url: str, progress: bool) -> None:
    """Writes the body of an answer to a file, with a bar."""
    length = _length(response)
    with tqdm(
        total=length or None,
        desc="Fetching dSprites",
        unit="B",
        unit_scale=True,
        disable=not progress,
    ) as bar:
        for chunk in _body(response, url):
            file.write(chunk)
            bar.update(len(chunk))
    if length and file.tell() != length:
        raise ConnectionError(
            f"{url} broke off after {file.tell()} of {length} bytes: run it again."
        )


def _body(response: http.client.HTTPResponse, url: str) -> Iterator[bytes]:
    with _network(url):
        while chunk := response.read(_CHUNK):
            yield chunk


def _length(response: http.client.HTTPResponse) -> int:
    """The bytes that the server announced; 0 if it did not."""
    return int(response.headers.get("Content-Length", 0))


@contextlib.contextmanager
def _network(url: str) -> Iterator[None]:
    """Turns a failure of the network or the server into one sentence."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise ConnectionError(
            f"{url} answers {error.code} ({error.reason}): check the address, or try later."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ConnectionError(
            f"{url} cannot be fetched ({reason}): check the connection and run it again."
        ) from error

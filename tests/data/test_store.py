import errno
import hashlib
import io
import os
import re
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import platformdirs
import pytest

from causal_explorer.data import dsprites, store

COUNT = 150  # pictures: two whole blocks and a part of one
BLOCK = 64
NAME = f"dsprites-{COUNT}.bits"
PICTURES = COUNT * 512  # bytes

as_user = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(store, "_BLOCK", BLOCK)


@pytest.fixture
def expected():
    return dsprites.render_packed(dsprites.classes_of(np.arange(COUNT)))


def opened(folder):
    return store.open_store(folder, progress=False, count=COUNT)


def forbid_drawing(monkeypatch):
    def draw(_classes):
        raise AssertionError("the pictures are drawn")

    monkeypatch.setattr(dsprites, "render_packed", draw)


def limit_free_space(monkeypatch, free):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))


# What is drawn and opened


def test_the_store_holds_the_pictures_in_order(tmp_path, expected):
    packed = opened(tmp_path / "made" / "on demand")
    assert packed.dtype == np.uint8
    np.testing.assert_array_equal(packed, expected)


def test_the_store_is_mapped_and_read_only(tmp_path):
    packed = opened(tmp_path)
    assert isinstance(packed.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        packed[0, 0] = 1


def test_a_sound_store_is_not_drawn_again(tmp_path, monkeypatch, caplog, expected):
    opened(tmp_path)
    forbid_drawing(monkeypatch)
    np.testing.assert_array_equal(opened(tmp_path), expected)
    assert not caplog.records


def test_counts_do_not_overwrite_each_other(tmp_path, monkeypatch, expected):
    opened(tmp_path)
    store.open_store(tmp_path, progress=False, count=7)
    forbid_drawing(monkeypatch)
    np.testing.assert_array_equal(opened(tmp_path), expected)


def test_a_whole_store_is_drawn_when_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("CAUSAL_EXPLORER_CACHE", str(tmp_path))
    limit_free_space(monkeypatch, 0)
    with pytest.raises(OSError, match=r"^377\.5 MB is needed"):
        store.open_store()


@pytest.mark.parametrize("progress", [True, False])
def test_the_bar_is_an_argument(tmp_path, capfd, progress):
    store.open_store(tmp_path, progress=progress, count=COUNT)
    assert ("Drawing dSprites" in capfd.readouterr().err) == progress


def test_the_version_names_this_renderer():
    rows = np.arange(0, dsprites.COUNT, 997)
    digest = hashlib.sha256(dsprites.render_packed(dsprites.classes_of(rows))).hexdigest()
    drawn_by = {1: "b19d45e48d810beb3e7ee0c41b23076d3b64b36ce7db447b7df5b7aadda05db9"}
    assert drawn_by[store.VERSION] == digest, "other pixels: raise store.VERSION, add it here"


# Damage


@pytest.mark.parametrize("bit", [0, 7])
@pytest.mark.parametrize(
    "position",
    [0, BLOCK * 512 - 1, BLOCK * 512, PICTURES - 1, PICTURES, PICTURES + 11, -1],
    ids=["first", "block end", "block start", "last", "checksum", "checksum end", "mark end"],
)
def test_a_flipped_bit_is_found_and_mended(tmp_path, caplog, expected, position, bit):
    opened(tmp_path)
    path = tmp_path / NAME
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << bit
    path.write_bytes(content)

    np.testing.assert_array_equal(opened(tmp_path), expected)
    assert len(caplog.records) == 1
    assert NAME in caplog.text

    opened(tmp_path)
    assert len(caplog.records) == 1


def test_swapped_blocks_are_found(tmp_path, caplog, expected):
    opened(tmp_path)
    path, size = tmp_path / NAME, BLOCK * 512
    content = path.read_bytes()
    path.write_bytes(content[size : 2 * size] + content[:size] + content[2 * size :])
    np.testing.assert_array_equal(opened(tmp_path), expected)
    assert "damaged" in caplog.text


@pytest.mark.parametrize("kept", [0, 1000, PICTURES, PICTURES + 12, -1])
def test_a_truncated_store_is_drawn_again(tmp_path, caplog, expected, kept):
    opened(tmp_path)
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:kept])
    np.testing.assert_array_equal(opened(tmp_path), expected)
    assert len(caplog.records) == 1
    assert "half-written" in caplog.text


@pytest.mark.parametrize("version", [store.VERSION + 1, 10 * store.VERSION])
def test_a_store_of_another_version_is_drawn_again(tmp_path, caplog, monkeypatch, version):
    opened(tmp_path)
    monkeypatch.setattr(store, "VERSION", version)
    monkeypatch.setattr(
        dsprites, "render_packed", lambda classes: np.full((len(classes), 512), 9, np.uint8)
    )
    assert (opened(tmp_path) == 9).all()
    assert len(caplog.records) == 1
    assert f"version {version}" in caplog.text


@pytest.mark.skipif(os.name == "nt", reason="Windows does not replace a mapped file")
def test_an_open_store_outlives_its_replacement(tmp_path, expected):
    packed = opened(tmp_path)
    (tmp_path / NAME).rename(tmp_path / "moved")
    opened(tmp_path)
    (tmp_path / "moved").unlink()
    np.testing.assert_array_equal(packed, expected)


# Several writers


def test_two_builders_at_once(tmp_path, monkeypatch, expected):
    both_have_begun = threading.Barrier(2)
    draw = dsprites.render_packed

    def draw_together(classes):
        both_have_begun.wait(timeout=10)
        return draw(classes)

    monkeypatch.setattr(dsprites, "render_packed", draw_together)
    with ThreadPoolExecutor(2) as pool:
        for packed in pool.map(opened, [tmp_path, tmp_path]):
            np.testing.assert_array_equal(packed, expected)
    assert os.listdir(tmp_path) == [NAME]


def test_only_abandoned_temporary_files_are_removed(tmp_path, expected):
    old, new = tmp_path / f".{NAME}.old.part", tmp_path / f".{NAME}.new.part"
    for temporary in (old, new):
        temporary.write_bytes(b"half")
    two_hours_ago = time.time() - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    np.testing.assert_array_equal(opened(tmp_path), expected)
    assert sorted(os.listdir(tmp_path)) == [new.name, NAME]


def test_an_interrupted_writer_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write():
        with store.replacing(path, 3) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


# Disks and folders that refuse


def test_room_is_required_to_the_byte(tmp_path, monkeypatch):
    opened(tmp_path)
    size = (tmp_path / NAME).stat().st_size
    limit_free_space(monkeypatch, size)
    opened(tmp_path / "enough")
    limit_free_space(monkeypatch, size - 1)
    with pytest.raises(OSError, match="is needed"):
        opened(tmp_path / "too little")


def test_a_full_disk_is_refused_before_anything_is_drawn(tmp_path, monkeypatch):
    forbid_drawing(monkeypatch)
    limit_free_space(monkeypatch, 2_000_000)
    sentence = (
        f"5.1 MB is needed in {tmp_path}, where 2.0 MB is free: make room, or set "
        "CAUSAL_EXPLORER_CACHE to another folder."
    )
    with pytest.raises(OSError, match=f"^{re.escape(sentence)}$"):
        store.open_store(tmp_path, progress=False, count=10_000)
    assert os.listdir(tmp_path) == []


class FullDisk(io.FileIO):
    def write(self, _data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def fill_on_write(monkeypatch):
    usual = Path.open

    def open_file(path, mode="r"):
        return io.BufferedRandom(FullDisk(path, "x+")) if "x" in mode else usual(path, mode)

    monkeypatch.setattr(Path, "open", open_file)


def fill_on_sync(monkeypatch):
    def sync(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", sync)


@pytest.mark.parametrize("fill", [fill_on_write, fill_on_sync])
def test_a_disk_that_fills_up_loses_nothing(tmp_path, monkeypatch, fill):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    fill(monkeypatch)
    with (
        pytest.raises(OSError, match=r"^0\.1 MB is needed in .* is free: make room, or set CAUSAL"),
        store.replacing(path, 100_000) as file,
    ):
        file.write(bytes(100_000))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"^.*file cannot be written \(.*CAUSAL_EXPLORER_CACHE"):
        opened(tmp_path / "file")


def test_a_folder_in_place_of_the_store_is_refused(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(OSError, match=r"cannot be written \(.*CAUSAL_EXPLORER_CACHE"):
        opened(tmp_path)
    assert os.listdir(tmp_path) == [NAME]


def test_a_folder_that_may_not_be_made_is_refused(tmp_path, monkeypatch):
    def make(_path, **_how):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", make)
    sentence = (
        f"{tmp_path / 'new'} cannot be written (Permission denied): allow it, or set "
        "CAUSAL_EXPLORER_CACHE to another folder."
    )
    with pytest.raises(OSError, match=f"^{re.escape(sentence)}$"):
        opened(tmp_path / "new")


@as_user
@pytest.mark.parametrize("mode", [0o000, 0o500])
def test_a_closed_folder_is_refused(tmp_path, mode):
    tmp_path.chmod(mode)
    try:
        with pytest.raises(OSError, match="cannot be written"):
            opened(tmp_path)
    finally:
        tmp_path.chmod(0o700)


@as_user
def test_an_unreadable_store_is_drawn_again(tmp_path, caplog, expected):
    opened(tmp_path)
    (tmp_path / NAME).chmod(0o000)
    np.testing.assert_array_equal(opened(tmp_path), expected)
    assert len(caplog.records) == 1


# The folder


def test_the_environment_names_the_folder(monkeypatch):
    monkeypatch.setenv("CAUSAL_EXPLORER_CACHE", "~/pictures")
    monkeypatch.setitem(sys.modules, "platformdirs", None)  # a machine without it
    assert store.cache_folder() == Path.home() / "pictures"


def test_the_system_names_the_folder_otherwise(monkeypatch):
    monkeypatch.delenv("CAUSAL_EXPLORER_CACHE", raising=False)
    assert store.cache_folder() == platformdirs.user_cache_path("causal-explorer")


def test_the_store_is_in_the_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CAUSAL_EXPLORER_CACHE", str(tmp_path))
    opened(None)
    assert os.listdir(tmp_path) == [NAME]

import errno
import hashlib
import io
import os
import shutil
import socket
import threading
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import numpy as np
import pytest

from causal_explorer.data import dsprites, official

COUNT = 50  # pictures of the small file


def unpickled():
    raise AssertionError("metadata is unpickled")


class Metadata:
    def __reduce__(self):
        return unpickled, ()


def blob_id(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def pixels(count=COUNT):
    return np.random.default_rng(0).integers(0, 2, (count, 64, 64), dtype=np.uint8)


def latents(count=COUNT):
    classes = dsprites.classes_of(np.arange(count))
    return np.column_stack([np.zeros(count, dtype=np.int64), classes])  # colour comes first


def npz(**replaced):
    """A small file with the members of the published one."""
    members = {
        "metadata": np.array({"latents": Metadata()}, dtype=object),
        "imgs": pixels(),
        "latents_classes": latents(),
        "latents_values": latents().astype(float),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **(members | replaced))
    return buffer.getvalue()


CONTENT = npz()
BLOB_ID = blob_id(CONTENT)


def read(tmp_path, content, expected_id=None):
    path = tmp_path / "file.npz"
    path.write_bytes(content)
    return official.read(path, expected_id or blob_id(content))


# Reading


def test_the_published_pictures_are_packed(tmp_path):
    packed = read(tmp_path, CONTENT)
    assert packed.shape == (COUNT, 512)
    assert packed.dtype == np.uint8
    np.testing.assert_array_equal(np.unpackbits(packed, axis=1).reshape(-1, 64, 64), pixels())


def test_blocks_meet_without_a_seam(tmp_path, monkeypatch):
    whole = read(tmp_path, CONTENT)
    monkeypatch.setattr(official, "_BLOCK", 16)
    np.testing.assert_array_equal(read(tmp_path, CONTENT), whole)


def test_the_pictures_are_not_held_unpacked(tmp_path, monkeypatch):
    count = 2000
    content = npz(imgs=np.zeros((count, 64, 64), np.uint8), latents_classes=latents(count))
    monkeypatch.setattr(official, "_BLOCK", 50)
    tracemalloc.start()
    try:
        packed = read(tmp_path, content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(packed) == count
    assert peak < count * 64 * 64 / 2  # bytes: half of the unpacked pictures


def test_the_metadata_of_these_tests_would_raise():
    with pytest.raises(AssertionError, match="unpickled"):
        np.load(io.BytesIO(CONTENT), allow_pickle=True)["metadata"]


@pytest.mark.parametrize("member", ["imgs", "latents_classes"])
def test_a_pickle_in_place_of_an_array_stays_shut(tmp_path, member):
    with pytest.raises(ValueError, match=r"(?i)object"):
        read(tmp_path, npz(**{member: np.array([Metadata()] * COUNT, dtype=object)}))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
        (b"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
    ],
)
def test_the_id_is_that_of_git_hash_object(content, expected):
    assert official.git_blob_id(io.BytesIO(content)) == expected


@pytest.mark.parametrize("position", [0, len(CONTENT) // 2, len(CONTENT) - 1])
def test_a_damaged_byte_is_found(tmp_path, position):
    damaged = bytearray(CONTENT)
    damaged[position] ^= 1
    with pytest.raises(ValueError, match=rf"file\.npz has git blob id .*, not {BLOB_ID}"):
        read(tmp_path, bytes(damaged), BLOB_ID)


def test_a_truncated_file_is_found(tmp_path):
    with pytest.raises(ValueError, match="git blob id"):
        read(tmp_path, CONTENT[:-1], BLOB_ID)


def test_only_the_published_file_is_read_when_nothing_is_said(tmp_path):
    path = tmp_path / "file.npz"
    path.write_bytes(CONTENT)
    with pytest.raises(ValueError, match="not d98996d3f8ee1550e06b9d4ed78d0beb478910d5"):
        official.read(path)


@pytest.mark.parametrize(
    "classes",
    [latents()[::-1], latents()[:-1], latents()[:, 1:], latents()[:, [0, 1, 2, 3, 5, 4]]],
    ids=["reversed", "one short", "no colour", "posY before posX"],
)
def test_another_order_is_refused(tmp_path, classes):
    with pytest.raises(ValueError, match="latents_classes is not in the published order"):
        read(tmp_path, npz(latents_classes=classes))


@pytest.mark.parametrize(
    "imgs",
    [pixels().astype(float), pixels()[:, :32], pixels().reshape(-1), np.asfortranarray(pixels())],
    ids=["floats", "half", "flat", "Fortran order"],
)
def test_other_pictures_are_refused(tmp_path, imgs):
    with pytest.raises(ValueError, match=r"^imgs is"):
        read(tmp_path, npz(imgs=imgs))


def test_a_missing_file_is_not_invented(tmp_path):
    with pytest.raises(FileNotFoundError):
        official.read(tmp_path / "absent.npz")


# Fetching


class Answers(BaseHTTPRequestHandler):
    """Good, missing, cut short (with and without a length), or another file."""

    def do_GET(self):
        self.server.requests.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        body = {"/other": npz(imgs=1 - pixels()), "/empty": b""}.get(self.path, CONTENT)
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n" % len(body) + body[:500]
        elif self.path == "/short":
            self.send_header("Content-Length", str(len(body)))
            body = body[:500]
        elif self.path != "/unsized":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.requests = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch(folder, url, progress=False):
    return official.download(folder, url, BLOB_ID, progress)


@pytest.mark.parametrize("way", ["/good", "/unsized"])
def test_the_file_is_fetched(tmp_path, server, way):
    path = fetch(tmp_path / "new", server.url + way)
    assert path == tmp_path / "new" / official.FILE
    assert path.read_bytes() == CONTENT
    assert os.listdir(path.parent) == [official.FILE]


def test_the_fetched_file_can_be_read(tmp_path, server):
    assert len(official.read(fetch(tmp_path, server.url), BLOB_ID)) == COUNT


def test_a_file_that_is_there_is_not_fetched_again(tmp_path, server):
    assert fetch(tmp_path, server.url) == fetch(tmp_path, server.url)
    assert len(server.requests) == 1


def test_a_damaged_file_is_fetched_again(tmp_path, server):
    (tmp_path / official.FILE).write_bytes(CONTENT[:-1])
    assert fetch(tmp_path, server.url).read_bytes() == CONTENT


def test_the_file_is_kept_in_the_cache_folder(tmp_path, server, monkeypatch):
    monkeypatch.setenv("CAUSAL_EXPLORER_CACHE", str(tmp_path))
    assert fetch(None, server.url) == tmp_path / official.FILE


@pytest.mark.parametrize("progress", [True, False])
def test_the_bar_is_an_argument(tmp_path, server, capfd, progress):
    fetch(tmp_path, server.url, progress)
    assert ("Fetching dSprites" in capfd.readouterr().err) == progress


@pytest.mark.parametrize(
    ("way", "error", "message"),
    [
        ("/missing", ConnectionError, r"/missing answers 404 \(Not Found\): "),
        ("/short", ConnectionError, rf"/short broke off after 500 of {len(CONTENT)} bytes: "),
        ("/chunked", ConnectionError, r"/chunked cannot be fetched \(IncompleteRead"),
        ("/other", ValueError, rf"/other has git blob id .*, not {BLOB_ID}: "),
        ("/empty", ValueError, r"/empty has git blob id e69de29"),
    ],
    ids=["missing", "short", "chunked", "other", "empty"],
)
def test_a_failure_is_one_sentence_and_loses_nothing(tmp_path, server, way, error, message):
    path = tmp_path / official.FILE
    path.write_bytes(b"old")
    with pytest.raises(error, match=message) as failure:
        fetch(tmp_path, server.url + way)
    assert "\n" not in str(failure.value)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [official.FILE]


def test_no_network_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as closed:  # bound, but not listening
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ConnectionError, match=rf"^{url} cannot be fetched \(.*refused"):
            fetch(tmp_path, url)
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_not_called_a_network_failure(tmp_path, server, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=10))
    with pytest.raises(OSError, match="CAUSAL_EXPLORER_CACHE") as refusal:
        fetch(tmp_path, server.url)
    assert not isinstance(refusal.value, ConnectionError)


def test_a_disk_that_fills_up_is_not_called_a_network_failure(tmp_path, server, monkeypatch):
    def sync(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(OSError, match=r"^More room is needed") as refusal:
        fetch(tmp_path, server.url + "/unsized")
    assert not isinstance(refusal.value, ConnectionError)
    assert os.listdir(tmp_path) == []

import time
import warnings
from contextlib import contextmanager

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.context import RequestContext
from tensorboard.data import server_ingester
from tensorboard.util import grpc_util

from train import board
from train.board import Board

KEPT = {"often": [(4, 4.0), (5, 5.0), (6, -6.0), (7, -7.0)], "rare": [(4, 1.0)]}


def accumulated(folder):
    """The curves as TensorBoard's reader in Python has them, with its default settings."""
    return curves(EventAccumulator(str(folder / "tensorboard")).Reload())


def curves(read):
    found = {tag: [(s.step, s.value) for s in read.Scalars(tag)] for tag in read.Tags()["scalars"]}
    return {tag: points for tag, points in found.items() if points}


@contextmanager
def served(folder):
    """A reader of the curves as the server that TensorBoard starts by default has them."""
    ingester = server_ingester.SubprocessServerDataIngester(
        server_ingester.get_server_binary(),
        str(folder),
        reload_interval=1,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its process to itself
        ingester.start()

    def read():
        runs = ingester.data_provider.read_scalars(
            RequestContext(), experiment_id="", plugin_name="scalars", downsample=1_000
        )
        found = runs.get("tensorboard", {})
        return {tag: [(s.step, s.value) for s in points] for tag, points in found.items()}

    yield read
    ingester._stdin_handle.close()  # ends it


def in_the_end(read, expected):
    """What is read, once it is what is expected or ten seconds are over."""
    until = time.monotonic() + 10
    while read() != expected and time.monotonic() < until:
        time.sleep(0.1)
    return read()


def interrupted(folder):
    """A run that was killed after step 8, and is to go on from step 5."""
    killed = Board(folder, 0)
    for step in range(4, 9):
        killed.scalars(step, {"often": step})
    killed.scalars(4, {"rare": 1.0})
    killed.scalars(8, {"rare": 9.0})
    killed.pictures(4, torch.ones(1, 64, 64), torch.zeros(1, 64, 64))
    killed.pictures(8, torch.ones(1, 64, 64), torch.ones(1, 64, 64))
    killed.close()


def resume(folder):
    resumed = Board(folder, 5)
    for step in (6, 7):
        resumed.scalars(step, {"often": -step})
    resumed.close()


def test_scalars_and_pictures_can_be_read_back(tmp_path):
    written = Board(tmp_path, 0)
    written.scalars(5, {"train_loss": 1.5})
    written.pictures(5, torch.ones(3, 64, 64, dtype=torch.uint8), torch.full((3, 64, 64), 0.25))
    written.close()
    assert accumulated(tmp_path) == {"train_loss": [(5, 1.5)]}
    read = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    sheet = read.Images("reconstructions")[0]
    assert (sheet.step, sheet.width, sheet.height) == (5, 3 * 64, 3 * 64)


def test_points_are_there_as_soon_as_they_are_written(tmp_path):
    written = Board(tmp_path, 0)
    written.scalars(5, {"train_loss": 1.5})
    assert accumulated(tmp_path) == {"train_loss": [(5, 1.5)]}
    written.close()


def test_a_resumed_run_leaves_no_point_of_the_interrupted_one(tmp_path):
    interrupted(tmp_path)
    resume(tmp_path)
    assert accumulated(tmp_path) == KEPT
    read = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [image.step for image in read.Images("reconstructions")] == [4]
    with served(tmp_path) as read:
        assert in_the_end(read, KEPT) == KEPT, "the rare curve too"


def test_an_open_tensorboard_forgets_them_too(tmp_path):
    interrupted(tmp_path)
    open_one = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    before = curves(open_one)
    assert before["rare"] == [(4, 1.0), (8, 9.0)]
    with served(tmp_path) as read:
        assert in_the_end(read, before) == before
        resume(tmp_path)
        assert curves(open_one.Reload()) == KEPT
        assert in_the_end(read, KEPT) == KEPT


def test_a_run_that_is_resumed_twice_keeps_all_that_counts(tmp_path):
    interrupted(tmp_path)
    resume(tmp_path)
    Board(tmp_path, 6).close()
    assert accumulated(tmp_path) == {**KEPT, "often": [(4, 4.0), (5, 5.0), (6, -6.0)]}


def test_a_log_that_was_cut_short_gives_what_came_before(tmp_path):
    interrupted(tmp_path)
    (log,) = (tmp_path / "tensorboard").iterdir()
    log.write_bytes(log.read_bytes()[:-5])
    resume(tmp_path)
    assert accumulated(tmp_path) == KEPT


def test_a_fresh_run_begins_a_fresh_log_and_touches_nothing_else(tmp_path):
    interrupted(tmp_path)
    (tmp_path / "tensorboard" / "notes.txt").write_text("mine")
    Board(tmp_path, 0).close()
    assert accumulated(tmp_path) == {}
    assert (tmp_path / "tensorboard" / "notes.txt").read_text() == "mine"


def test_a_run_needs_no_tensorboard(tmp_path, monkeypatch):
    monkeypatch.setattr(board, "EventLog", None)
    silent = Board(tmp_path, 0)
    silent.scalars(5, {"train_loss": 1.5})
    silent.pictures(5, torch.ones(3, 64, 64), torch.ones(3, 64, 64))
    silent.close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_log_that_cannot_be_written_is_an_error_here(tmp_path, kind):
    """And no traceback in a thread."""
    if kind == "file":
        (tmp_path / "tensorboard").write_text("")
    with pytest.raises(OSError, match="exists|No such file"):
        Board(tmp_path if kind == "file" else tmp_path / "none", 0)

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from train import board
from train.board import Board


def test_scalars_and_pictures_can_be_read_back(tmp_path):
    written = Board(tmp_path, 0)
    written.scalars(5, {"train_loss": 1.5})
    written.pictures(5, torch.ones(3, 64, 64, dtype=torch.uint8), torch.full((3, 64, 64), 0.25))
    written.close()
    read = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(s.step, s.value) for s in read.Scalars("train_loss")] == [(5, 1.5)]
    sheet = read.Images("reconstructions")[0]
    assert (sheet.step, sheet.width, sheet.height) == (5, 3 * 64, 3 * 64)


def test_a_resumed_run_leaves_no_point_of_the_interrupted_one(tmp_path):
    killed = Board(tmp_path, 0)
    killed.scalars(5, {"train_loss": 1.0})
    killed.scalars(10, {"train_loss": 9.0})
    killed.close()
    resumed = Board(tmp_path, 5)
    resumed.scalars(10, {"train_loss": 2.0})
    resumed.close()
    read = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(s.step, s.value) for s in read.Scalars("train_loss")] == [(5, 1.0), (10, 2.0)]


def test_a_run_needs_no_tensorboard(tmp_path, monkeypatch):
    monkeypatch.setattr(board, "SummaryWriter", None)
    silent = Board(tmp_path, 0)
    silent.scalars(5, {"train_loss": 1.5})
    silent.pictures(5, torch.ones(3, 64, 64), torch.ones(3, 64, 64))
    silent.close()
    assert not list(tmp_path.iterdir())

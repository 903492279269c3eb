"""The training loop: a network follows its loss on the pictures of a data set."""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import cast

import pyro
import torch
from torch import Tensor, nn
from tqdm import tqdm

from causal_explorer import checkpoint
from causal_explorer.data.dataset import dataset_named
from causal_explorer.data.splits import Split
from causal_explorer.metrics.held_out import Measured, measure
from causal_explorer.models.base import Model
from causal_explorer.models.mechanism import ImageMechanism
from causal_explorer.models.registry import build
from train import state as run_state
from train.board import Board
from train.card import Origin, card, device_name
from train.config import RunConfig
from train.group import Group
from train.optimiser import adamw, averaged, natural, shrink
from train.state import RunState
from train.warm import warm

_VALIDATION_IMAGES = 8_192  # of the validation split, at each look
_EVALUATION_BATCH = 1_024
_SHOWN = 8  # validation pictures on TensorBoard
_APART = 1_000_003  # between the seeds of the processes of a group


class Objective(nn.Module):
    """The loss of a batch in nats an image: the forward pass that a group's gradients follow."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def forward(self, v: Tensor, x: Tensor) -> Tensor:
        """The loss of (N, V) labels and (N, …) pictures."""
        return self.model.loss(v, x)


class Run:
    """One training run: `train()` to the last step, then `evaluate("test")`."""

    def __init__(
        self,
        config: RunConfig,
        group: Group,
        folder: Path,
        resume: bool = False,
        command: str = "",
        commit: str = "unknown",
    ) -> None:
        """Builds the model, or restores it from the folder.

        Args:
            config: of the run.
            group: the processes that train together.
            folder: of saves, logs and the checkpoint.
            resume: from the folder's last save.
            command: that trains it, for the card.
            commit: of the code that trains, for the card.

        Raises:
            ValueError: an unknown model, data set, setting or rate; a checkpoint to begin with
                that does not fit; nothing to resume; a folder that holds an earlier run, a
                checkpoint of that name or something else.
            OSError: the folder cannot be made.
        """
        self.config, self.group, self.folder = config, group, folder
        self.command, self.commit = command, commit
        _require_free(folder, folder / config.id, resume)
        torch.manual_seed(config.train.seed)
        pyro.clear_param_store()
        dataset = dataset_named(config.data)
        self.model = build(config.model, dataset, config.network).to(group.device)
        _require_batch(self.model, config.train.batch, group.size)
        self.pictures = dataset.open(group.device)
        if not resume:
            warm(self.model, config.train.warm)
            self.model.prepare(self.pictures, config.train.split_seed)
        self.average = averaged(self.model, config.train.average).eval()
        self.optimiser = adamw(self.model, config.train)
        self.natural = natural(self.model, config.train)
        batches = torch.Generator().manual_seed(config.train.seed)
        self.state = RunState(0, 0.0, [], [], batches)
        if resume:
            self.state = run_state.restore(self._state_path, config.as_dict(), self._parts)
            self.state.pending = [loss.to(group.device) for loss in self.state.pending]
            if not 0 <= self.state.step <= config.train.steps:
                raise ValueError(
                    f"{self._state_path} is damaged: it stands at no step of this run."
                )
        if not group.leads:
            torch.manual_seed(config.train.seed + group.rank * _APART + self.state.step)
        self.objective = group.together(Objective(self.model))
        _make(folder)  # last, so that a run that is refused leaves nothing behind

    @property
    def _state_path(self) -> Path:
        return self.folder / "state.pt"

    @property
    def averaged(self) -> Model:
        """The model with the average of the weights: what is measured and kept."""
        return cast(Model, self.average.module)

    @property
    def _parts(self) -> run_state.Parts:
        return {
            "model": self.model,
            "average": self.average,
            "optimiser": self.optimiser,
            "natural": self.natural,
        }

    @property
    def _log_path(self) -> Path:
        return self.folder / "metrics.jsonl"

    def train(self) -> None:
        """Steps to the end, logging, validating and saving on the way."""
        recipe, state = self.config.train, self.state
        rows = torch.from_numpy(self.pictures.rows("train", recipe.split_seed))
        board = Board(self.folder, state.step) if self.group.leads else None
        if self.group.leads:
            self._log_path.write_text("".join(f"{line}\n" for line in state.history))
        clock = time.perf_counter()
        with tqdm(
            total=recipe.steps * recipe.batch,
            initial=state.step * recipe.batch,
            unit="images",
            unit_scale=True,
            disable=not self.group.leads,
        ) as bar:
            while state.step < recipe.steps:
                with self._guarded():
                    state.pending.append(self._step(rows))
                state.step += 1
                bar.update(recipe.batch)
                last = state.step == recipe.steps
                if last or state.step % recipe.log_every == 0:
                    with self._guarded():
                        loss = float(self.group.mean(torch.stack(state.pending).mean()))
                    state.seconds += time.perf_counter() - clock
                    self._log(bar, board, loss)
                    state.pending, clock = [], time.perf_counter()
                if last or state.step % recipe.save_every == 0:
                    state.seconds += time.perf_counter() - clock
                    self._save()
                    clock = time.perf_counter()
        if board:
            board.close()

    def evaluate(self, split: Split, images: int | None = None) -> Measured:
        """What is measured on a split, or on its evenly spread part."""
        rows = self.pictures.rows(split, self.config.train.split_seed)
        if images is not None:
            rows = rows[:: max(1, len(rows) // images)][:images]
        generator = torch.Generator().manual_seed(self.config.train.seed)
        batches = self.pictures.batches(rows, _EVALUATION_BATCH)
        return measure(self.averaged, batches, generator)

    @torch.no_grad()
    def _reconstructions(self, model: ImageMechanism) -> tuple[Tensor, Tensor]:
        """Some validation pictures, and p(x = 1 | v, z) of each at the mean of q(z | x, v)."""
        rows = self.pictures.rows("validation", self.config.train.split_seed)
        v, x = self.pictures(torch.from_numpy(rows[:: len(rows) // _SHOWN][:_SHOWN]))
        return x, model.decode(v, model.encode(x.float(), v).mean).mean

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Says so where another process of the group ended in the middle of an exchange."""
        try:
            yield
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            if self.group.size == 1:
                raise
            raise RuntimeError(
                f"Another process of the group ended, so training stopped at step "
                f"{self.state.step}: --resume continues from the last save"
            ) from error

    def _step(self, rows: torch.Tensor) -> torch.Tensor:
        """One step on a random batch; its loss in nats an image."""
        recipe = self.config.train
        lot = torch.randint(len(rows), (recipe.batch,), generator=self.state.generator)
        self.model.begin(self.state.step / recipe.steps)
        with torch.autocast(self.group.device.type, torch.bfloat16, enabled=recipe.bf16):
            loss = self.objective(*self.pictures(rows[self.group.share(lot)]))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if recipe.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), recipe.clip)
        self._move(self.state.step / recipe.steps)
        self.average.update_parameters(self.model)
        return loss.detach()

    def _move(self, progress: float) -> None:
        """AdamW while the rate is held; then natural gradient for what it is to move."""
        recipe, natural = self.config.train, self.natural
        falling = max(0.0, progress - recipe.hold) / (1 - recipe.hold)
        share = recipe.last_rate**falling
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share * (progress >= group["start"])
        if natural.parameters and progress >= recipe.hold / 2:  # what came before is long outdated
            gradient = natural.observe()
            if progress >= recipe.hold and natural.ready:
                natural.step(gradient, recipe.natural_rate * share, progress)
                for parameter in natural.parameters:
                    parameter.grad = None  # AdamW leaves it alone
        self.optimiser.step()
        shrink(self.optimiser)

    def _log(self, bar: tqdm, board: Board | None, loss: float) -> None:
        recipe, state = self.config.train, self.state
        line: dict[str, float] = {
            "step": state.step,
            "images": state.step * recipe.batch,
            "seconds": round(state.seconds, 3),
            "train_loss": loss,
        }
        if not math.isfinite(loss):
            raise ValueError(_diverged(f"The loss is {loss}", state.step))
        if board is None:
            return
        if state.step % recipe.validate_every == 0 or state.step == recipe.steps:
            found = self.evaluate("validation", _VALIDATION_IMAGES)
            line |= {"validation_loss": found.loss} | found.curve
            bar.write(f"step {state.step}: {found.loss:.3f} nats on validation")
            if isinstance(self.averaged, ImageMechanism):
                board.pictures(state.step, *self._reconstructions(self.averaged))
        board.scalars(state.step, line)
        bar.set_postfix(nats=f"{loss:.3f}")
        state.history.append(json.dumps(line))
        with self._log_path.open("a") as log:
            log.write(f"{state.history[-1]}\n")

    def release(self, split: Split, images: int | None = None) -> str:
        """Writes the checkpoint as it stands, measured on a split; its card."""
        found, state = self.evaluate(split, images), self.state
        origin = Origin(
            command=self.command,
            commit=self.commit,
            device=device_name(self.group.device),
            processes=self.group.size,
            step=state.step,
            seconds=state.seconds,
        )
        metrics = {split: {"loss": found.loss, **asdict(found)}, **asdict(origin)}
        history = "".join(f"{line}\n" for line in state.history)
        page = card(self.config, origin, split, found)
        target = self.folder / self.config.id
        checkpoint.write(target, self.averaged, self.config.as_dict(), metrics, history, page)
        return page

    def _save(self) -> None:
        if not all(bool(weight.isfinite().all()) for weight in self.model.parameters()):
            raise ValueError(_diverged("A weight is not finite", self.state.step))
        if not self.group.leads:
            return
        run_state.save(self._state_path, self.state, self.config.as_dict(), self._parts)
        self.release("validation", _VALIDATION_IMAGES)  # stopped here, the run can go on


def _diverged(what: str, step: int) -> str:
    return f"{what} at step {step}: lower the learning rate, or train.natural_rate."


def _require_batch(model: Model, batch: int, processes: int) -> None:
    """Refuses a batch of one where the network takes the statistics of a batch."""
    normalised = any(isinstance(part, nn.BatchNorm1d) for part in model.modules())
    if normalised and batch // processes < 2:
        raise ValueError(
            f"train.batch is {batch}: the network is normalised over a batch, so each process "
            "takes 2 units or more."
        )


def _require_free(folder: Path, target: Path, resume: bool) -> None:
    """Refuses to write over what is there."""
    if not resume and (folder / "state.pt").exists():
        raise ValueError(f"{folder} holds a run: --resume continues it; or choose another --out.")
    if target.exists() and not (target / "SHA256SUMS").is_file():
        raise ValueError(f"{target} exists and is no checkpoint: choose another --out.")
    if target.exists() and not resume:
        raise ValueError(f"{target} is a checkpoint already: choose another --out.")


def _make(folder: Path) -> None:
    """The run's folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(f"{folder} cannot be a run's folder: {error.strerror}.") from error

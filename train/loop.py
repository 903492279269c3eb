"""The training loop: a network follows its loss on the pictures of a data set."""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import cast, get_args

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
from train.card import card
from train.config import RunConfig
from train.folder import LOG, STATE, make, require_free
from train.group import Group
from train.objective import Objective, require_batch
from train.optimiser import adamw, averaged, natural, shrink
from train.origin import Origin, device_name
from train.proportion import enough, spread
from train.state import RunState
from train.warm import warm

_VALIDATION_IMAGES = 8_192  # of the validation split, at each look
_EVALUATION_BATCH = 1_024
_SHOWN = 8  # validation pictures on TensorBoard
_APART = 1_000_003  # between the seeds of the processes of a group


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
        require_free(folder, config.id, resume)
        torch.manual_seed(config.train.seed)
        pyro.clear_param_store()
        dataset = dataset_named(config.data)
        self.model = build(config.model, dataset, config.network).to(group.device)
        require_batch(self.model, config.train.batch, group.size)
        self.pictures = dataset.open(group.device)
        self.rows = {s: self.pictures.rows(s, config.train.split_seed) for s in get_args(Split)}
        recipe = config.train.of_length(len(self.rows["train"]))
        self.config = config = replace(config, train=recipe)
        if not resume:
            warm(self.model, config.train.warm)
            self.model.prepare(self.pictures, config.train.split_seed)
        self.average = averaged(self.model, config.train.average).eval()
        self.optimiser = adamw(self.model, config.train)
        self.natural = natural(self.model, config.train)
        batches = torch.Generator().manual_seed(config.train.seed)
        self.state = RunState(0, 0.0, [], [], batches)
        self.saved: int | None = None  # the step that --resume continues from
        if resume:
            self._restore()
        if not group.leads:
            torch.manual_seed(config.train.seed + group.rank * _APART + self.state.step)
        self.objective = group.together(Objective(self.model))
        make(folder)  # last, so that a run that is refused leaves nothing behind

    def _restore(self) -> None:
        """Takes the last save over, at the rates that are asked for now."""
        peaks = [group["peak"] for group in self.optimiser.param_groups]
        self.state = run_state.restore(self._state_path, self.config.as_dict(), self._parts)
        for group, peak in zip(self.optimiser.param_groups, peaks, strict=True):
            group["peak"] = peak
        self.state.pending = [loss.to(self.group.device) for loss in self.state.pending]
        self.saved = self.state.step

    @property
    def epochs(self) -> float:
        """How often the run is to see as many pictures as the training split has."""
        return self.config.train.steps * self.config.train.batch / len(self.rows["train"])

    @property
    def opening(self) -> list[str]:
        """How long the run is, what it is tested on, and where it goes on, a sentence each."""
        recipe, state, images = self.config.train, self.state, len(self.rows["train"])
        length = f"{recipe.steps:,} steps of {recipe.batch:,} pictures"
        said = [f"{length} are {self.epochs:.3g} epochs of {images:,}."]
        held_out, tested = len(self.rows["test"]), self._enough("test")
        if tested < held_out:
            said.append(
                f"The final test sees {tested:,} of {held_out:,} held-out pictures, in proportion "
                "to a run below one epoch."
            )
        if self.saved is not None:
            said.append(f"It goes on at step {state.step:,}{'; '.join(['', *state.changes])}.")
        if state.changes:
            share = recipe.share(state.step / recipe.steps)
            said.append(
                f"The learning rate goes on as in a run of {recipe.steps:,} steps, from "
                f"{share:.2%} of its peak; warm-ups and starts that are over stay over."
            )
        return said

    @property
    def rest(self) -> str:
        """What is left of a run that is stopped here, in words."""
        at = f"at step {self.state.step:,}"
        if self.saved is None:
            return f"{at}, before the first save: there is nothing to resume"
        return f"{at}: --resume continues from the last save, at step {self.saved:,}"

    @property
    def _state_path(self) -> Path:
        return self.folder / STATE

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
        return self.folder / LOG

    def train(self) -> None:
        """Steps to the end, logging, validating and saving on the way."""
        recipe, state = self.config.train, self.state
        rows = torch.from_numpy(self.rows["train"])
        if self.group.leads:
            self._log_path.write_text("".join(f"{line}\n" for line in state.history))
        clock = time.perf_counter()
        with self._board() as board, self._bar() as bar:
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

    def _board(self) -> contextlib.AbstractContextManager[Board | None]:
        if not self.group.leads:
            return contextlib.nullcontext()
        return contextlib.closing(Board(self.folder, self.state.step))

    def _bar(self) -> tqdm:
        recipe = self.config.train
        return tqdm(
            total=recipe.steps * recipe.batch,
            initial=self.state.step * recipe.batch,
            unit="images",
            unit_scale=True,
            disable=not self.group.leads,
        )

    def evaluate(self, split: Split, images: int | None = None) -> Measured:
        """What is measured on a split, or on its evenly spread part."""
        rows = self.rows[split]
        rows = rows if images is None else spread(rows, images)
        generator = torch.Generator().manual_seed(self.config.train.seed)
        batches = self.pictures.batches(rows, _EVALUATION_BATCH)
        return measure(self.averaged, batches, generator)

    @torch.no_grad()
    def _reconstructions(self, model: ImageMechanism) -> tuple[Tensor, Tensor]:
        """Some validation pictures, and p(x = 1 | v, z) of each at the mean of q(z | x, v)."""
        v, x = self.pictures(torch.from_numpy(spread(self.rows["validation"], _SHOWN)))
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
                f"Another process of the group ended, so training stopped {self.rest}"
            ) from error

    def _step(self, rows: torch.Tensor) -> torch.Tensor:
        """One step on a random batch; its loss in nats an image."""
        recipe, state = self.config.train, self.state
        state.reached = max(state.reached, state.step / recipe.steps)
        lot = torch.randint(len(rows), (recipe.batch,), generator=state.generator)
        self.model.begin(state.reached)
        with torch.autocast(self.group.device.type, torch.bfloat16, enabled=recipe.bf16):
            loss = self.objective(*self.pictures(rows[self.group.share(lot)]))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if recipe.clip:
            nn.utils.clip_grad_norm_(self.model.parameters(), recipe.clip)
        self._move(state.step / recipe.steps)
        self.average.update_parameters(self.model)
        return loss.detach()

    def _move(self, progress: float) -> None:
        """AdamW while the rate is held; then natural gradient for what it is to move."""
        recipe, natural = self.config.train, self.natural
        share, reached = recipe.share(progress), self.state.reached
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share * (reached >= group["start"])
        if natural.parameters and progress >= recipe.hold / 2:  # what came before is long outdated
            gradient = natural.observe()
            if progress >= recipe.hold and natural.ready:
                natural.step(gradient, recipe.natural_rate * share, reached)
                for parameter in natural.parameters:
                    parameter.grad = None  # AdamW leaves it alone
        self.optimiser.step()
        shrink(self.optimiser)

    def _log(self, bar: tqdm, board: Board | None, loss: float) -> None:
        recipe, state = self.config.train, self.state
        line: dict[str, float] = {
            "step": state.step,
            "images": state.step * recipe.batch,
            "epochs": round(state.step * recipe.batch / len(self.rows["train"]), 6),
            "seconds": round(state.seconds, 3),
            "train_loss": loss,
        }
        if not math.isfinite(loss):
            raise ValueError(_diverged(f"The loss is {loss}", state.step))
        if board is None:
            return
        if state.step % recipe.validate_every == 0 or state.step == recipe.steps:
            found = self.evaluate("validation", self._enough("validation"))
            line |= {"validation_loss": found.loss} | found.curve
            bar.write(f"step {state.step}: {found.loss:.3f} nats on validation")
            if isinstance(self.averaged, ImageMechanism):
                board.pictures(state.step, *self._reconstructions(self.averaged))
        board.scalars(state.step, line)
        bar.set_postfix(nats=f"{loss:.3f}")
        state.history.append(json.dumps(line))
        with self._log_path.open("a") as log:
            log.write(f"{state.history[-1]}\n")

    def _enough(self, split: Split) -> int:
        """Pictures of a split that the run is measured on."""
        count = enough(len(self.rows[split]), self.epochs)
        return min(count, _VALIDATION_IMAGES) if split == "validation" else count

    def release(self, split: Split) -> str:
        """Writes the checkpoint as it stands, measured on a split; its card."""
        found, state = self.evaluate(split, self._enough(split)), self.state
        origin = Origin(
            command=self.command,
            commit=self.commit,
            device=device_name(self.group.device),
            processes=self.group.size,
            step=state.step,
            seconds=state.seconds,
            epochs=state.step * self.config.train.batch / len(self.rows["train"]),
            changes=state.changes,
        )
        figures = {"loss": found.loss, **asdict(found), "held_out": len(self.rows[split])}
        metrics = {split: figures, **asdict(origin)}
        page = card(self.config.id, self.config.as_dict(), metrics)
        history = "".join(f"{line}\n" for line in state.history)
        target = self.folder / self.config.id
        checkpoint.write(target, self.averaged, self.config.as_dict(), metrics, history, page)
        return page

    def _save(self) -> None:
        if not all(bool(weight.isfinite().all()) for weight in self.model.parameters()):
            raise ValueError(_diverged("A weight is not finite", self.state.step))
        if not self.group.leads:
            self.saved = self.state.step
            return
        run_state.save(self._state_path, self.state, self.config.as_dict(), self._parts)
        self.saved = self.state.step
        self.release("validation")  # stopped here, the run can go on


def _diverged(what: str, step: int) -> str:
    return f"{what} at step {step}: lower the learning rate, or train.natural_rate."

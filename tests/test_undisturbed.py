"""What a caller's process has set changes no answer, and stays as it was."""

import contextlib
import dataclasses
import inspect
import locale
import os
import random
import threading
import warnings

import numpy as np
import pyro
import pytest
import torch

import causal_explorer as ce
from causal_explorer import checkpoint
from causal_explorer.data import dsprites, units
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.svi import SVISettings

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
SPRITE = dsprites.render(np.array([[2, 3, 10, 16, 16]]))[0]
SWUNG = {"angle": 20, "light": 90}
NONE = {"samples": 40, "seed": 3}


def sprites(name):
    """Questions to an SCM-VAE, each as a call of the explorer."""
    square, moved = {"shape": "square"}, {"posX": ce.Shift(3)}
    two = [{"factors": HEART, "do": square}, {"factors": {"shape": 1}, "do": moved}]
    asked = {
        "told": lambda e: e.counterfactual(HEART, do=square, **NONE),
        "monotone": lambda e: e.counterfactual(HEART, do=moved, coupling="monotone", **NONE),
        "prior": lambda e: e.counterfactual(HEART, do=square, abduction="prior", **NONE),
        "imagined": lambda e: e.counterfactual({"shape": 1}, do={"scale": 2}, **NONE),
        "several": lambda e: e.counterfactuals(two, **NONE),
        "sweep": lambda e: e.sweep("scale", HEART, **NONE),
        "reconstruct": lambda e: e.reconstruct(SPRITE, HEART),
        "traverse": lambda e: e.traverse("orientation", HEART),
        "steps": lambda e: e.steps(HEART, do=square, shown=5, **NONE),
        "intervention": lambda e: e.intervention(square, **NONE),
        "condition": lambda e: e.condition(square, **NONE),
        "law": lambda e: [e.law({"shape": 1}), e.law(HEART, {"scale": 5}), e.law(do=moved)],
        "story": lambda e: e.with_story("confounded").counterfactual(HEART, do=square, **NONE),
    }
    if name == "scm-vae":
        asked |= {
            "shown": lambda e: e.counterfactual(image=SPRITE, do=square, **NONE),
            "explain": lambda e: e.explain(SPRITE),
            "in threads": lambda e: e.counterfactuals(two[:1] * 4, 20_000),
        }
    if name == "scm-vae-mlp":
        svi = {"abduction": "svi", "svi": SVISettings(steps=4)}
        asked["svi"] = lambda e: e.counterfactual(HEART, do=square, **svi, **NONE)
    return asked


def autoencoded(name):
    return {
        "reconstruct": lambda e: e.reconstruct(SPRITE),
        "traverse": lambda e: e.traverse(1, SPRITE),
    }


def swung(name):
    picture = units.picture(dataset_named("pendulum"), SWUNG)
    return {
        "counterfactual": lambda e: e.counterfactual(SWUNG, do={"angle": -12.5}),
        "intervention": lambda e: e.intervention({"light": 80}, samples=20),
        "reconstruct": lambda e: e.reconstruct(picture),
        "traverse": lambda e: e.traverse(0, picture),
        "read": lambda e: e.read(picture),
        "strengths": lambda e: e.strengths,
    }


def treated(name):
    known = units.adjustable(dataset_named("treatment"))
    unit = {v.name: v.parse((v.low + v.high) / 2) if hasattr(v, "low") else 0 for v in known}
    return {
        "effect": lambda e: e.effect(units=20, samples=7),
        "of one": lambda e: e.effect(factors=unit, samples=7),
        "intervention": lambda e: e.intervention({"t": 1}, samples=20),
    }


def faces(name):
    data = dataset_named({"name": "faces", "rho": 0.9})
    unit = {v.name: 0 for v in data.variables} | {v.name: v.low for v in data.hidden}
    return {
        "counterfactual": lambda e: e.counterfactual(unit, do={data.variables[0].name: 1}),
        "intervention": lambda e: e.intervention({data.variables[0].name: 1}, samples=20),
        "reconstruct": lambda e: e.reconstruct(factors=unit),
        "traverse": lambda e: e.traverse(0, factors=unit),
        "sweep": lambda e: e.sweep(unit),
        "latents": lambda e: e.latents(20),
    }


ASKED = {
    "scm-vae": sprites,
    "scm-vae-mlp": sprites,
    "scm-vae-styled": sprites,
    "causal-vae": swung,
    "intact-vae": faces,
    "cevae": treated,
    "beta-vae": autoencoded,
    "ladder-vae": autoencoded,
}


def bits(answer):
    """All numbers of an answer, byte by byte."""
    if isinstance(answer, (list, tuple)):
        return [bits(one) for one in answer]
    if isinstance(answer, dict):
        return {key: bits(one) for key, one in answer.items()}
    if dataclasses.is_dataclass(answer):
        fields = dataclasses.fields(answer)
        return {f.name: bits(getattr(answer, f.name)) for f in fields if f.name != "seconds"}
    if isinstance(answer, torch.Tensor):
        return str(answer.dtype), answer.numpy(force=True).tobytes()
    if isinstance(answer, (np.ndarray, np.generic)):
        return str(answer.dtype), answer.tobytes()
    return repr(answer)


def answers(name):
    """What a system answers, loaded anew."""
    opened = ce.load(name)
    return {asked: bits(call(opened)) for asked, call in ASKED[name](name).items()}


@contextlib.contextmanager
def put_back(now, change, value):
    before = now()
    change(value)
    try:
        yield
    finally:
        change(before)


@contextlib.contextmanager
def placed_on(device):
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextlib.contextmanager
def in_handlers():
    with pyro.poutine.trace() as heard, pyro.poutine.scale(scale=2.0):
        yield
    assert list(heard.trace.nodes) == []


@contextlib.contextmanager
def with_parameters():
    pyro.param("callers", torch.zeros(2))
    try:
        yield
    finally:
        pyro.clear_param_store()


@contextlib.contextmanager
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@contextlib.contextmanager
def anomalies_are_looked_for():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.autograd.set_detect_anomaly(True)
    try:
        yield
    finally:
        torch.autograd.set_detect_anomaly(False)


def typed(dtype):
    return put_back(torch.get_default_dtype, torch.set_default_dtype, dtype)


STATES = {  # of processes that others might have set up, each of several settings that go together
    "in doubles": (
        lambda: typed(torch.float64),
        torch.no_grad,
        lambda: torch.autocast("cpu", torch.bfloat16),
        lambda: np.errstate(all="raise"),
        warnings_are_errors,
        lambda: pyro.validation_enabled(False),
        with_parameters,
        in_handlers,
    ),
    "nowhere": (
        lambda: placed_on("meta"),
        torch.inference_mode,
        lambda: put_back(lambda: False, torch.use_deterministic_algorithms, True),
        lambda: put_back(lambda: False, torch.set_flush_denormal, True),
        lambda: put_back(
            torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "medium"
        ),
        anomalies_are_looked_for,
        lambda: np.printoptions(precision=1, threshold=3, legacy="1.13"),
        lambda: pyro.validation_enabled(True),
    ),
    "in halves": (
        lambda: typed(torch.bfloat16),
        lambda: contextlib.chdir("/"),
        lambda: contextlib.nullcontext((torch.rand(3), random.random())),
    ),
}


def state():
    return {
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "grad": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "autocast": torch.is_autocast_enabled("cpu"),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "matmul": torch.get_float32_matmul_precision(),
        "anomaly": torch.is_anomaly_enabled(),
        "numpy": np.geterr(),
        "prints": {k: v for k, v in np.get_printoptions().items()},
        "warnings": list(map(str, warnings.filters)),
        "validation": torch.distributions.Distribution._validate_args,
        "parameters": sorted(pyro.get_param_store()),
        "handlers": list(map(id, pyro.poutine.runtime._PYRO_STACK)),
        "torch": torch.random.get_rng_state().tolist(),
        "numpy draws": repr(np.random.get_state()),  # noqa: NPY002
        "draws": random.getstate(),
        "cwd": os.getcwd(),
        "locale": locale.setlocale(locale.LC_ALL),
    }


@pytest.fixture(scope="module", params=ASKED)
def known(request, cache):
    return request.param, answers(request.param)


def test_every_shipped_system_is_asked():
    assert set(ASKED) == set(checkpoint.shipped_models())


@pytest.mark.parametrize("settings", STATES)
def test_no_setting_changes_an_answer_and_none_is_changed(settings, known):
    name, expected = known
    with contextlib.ExitStack() as stack:
        for setting in STATES[settings]:
            stack.enter_context(setting())
        before = state()
        found = answers(name)
        after = state()
    assert {asked for asked in expected if found[asked] != expected[asked]} == set()
    assert {key for key in before if before[key] != after[key]} == set()


def test_a_thread_of_the_callers_keeps_its_own_settings(explorer):
    """The default type is the whole process's: it stays while an answer is being made."""
    seen = []

    def look(step, loss):
        thread = threading.Thread(target=lambda: seen.append(torch.zeros(1).dtype))
        thread.start()
        thread.join()

    mlp = ce.load("scm-vae-mlp")
    with typed(torch.float64):
        mlp.counterfactual(
            HEART, do={"shape": 0}, samples=5, abduction="svi", svi=SVISettings(steps=2), watch=look
        )
    assert seen == [torch.float64] * 2


def test_every_public_answer_is_behind_the_door():
    """A method or property that somebody adds is, too."""
    for kind in subclasses(ce.Opened):
        for name, own in vars(kind).items():
            if name.startswith("_") or name in kind.__dataclass_fields__:
                continue
            call = getattr(own, "fget", None) or getattr(own, "func", None) or own
            assert not inspect.isgeneratorfunction(call), name
            assert hasattr(call, "__wrapped__") or not callable(call), (kind, name)


def subclasses(kind):
    for own in kind.__subclasses__():
        yield own
        yield from subclasses(own)

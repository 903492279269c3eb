"""What a user gets back goes to a worker and back, and is short on a notebook's last line."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, is_dataclass, replace
from multiprocessing import get_context

import numpy as np
import pytest
import torch

import causal_explorer as ce
from causal_explorer.checkpoint import shipped_models
from causal_explorer.data.dataset import dataset_named
from causal_explorer.inference.opened import Opened
from causal_explorer.inference.svi import SVISettings
from causal_explorer.scm.stories import read_story

HEART = {"shape": "heart", "scale": 3, "orientation": 10, "posX": 16, "posY": 16}
SHORT = 600  # letters: seven lines


def asked(opened: Opened):
    """An answer to each kind of question."""
    may, dataset, answers = opened.may, opened.checkpoint.dataset, []
    if isinstance(opened, ce.Explorer):
        drawn = dataset.render(dataset.units(np.array([[2, 3, 10, 16, 16]])))[0]
        soft = ce.Replace(opened.story.mechanisms["posX"])
        answers += [
            opened.counterfactual(HEART, do={"shape": 0, "posX": soft}, samples=3),
            opened.steps(HEART, do={"shape": 0}, samples=3),
            opened.condition({"shape": 0}, samples=3),
            opened.intervention({"shape": 0}, samples=3),
            opened.traverse("scale", HEART, samples=3),
            opened.counterfactual({"shape": 0}, do={"scale": 0}, samples=3),
        ]
        if opened.recogniser is not None:
            answers.append(opened.explain(drawn))
    elif "effect" in may:
        answers += [opened.effect(units=3, samples=3), opened.intervention({"t": 1}, samples=3)]
    elif "intervention" in may:
        target = opened.targets[0]
        value = getattr(target, "high", 1)
        answers.append(opened.intervention({target.name: value}, samples=3))
    return answers


def parts(found):
    """It, and all that it is made of and that is the library's own."""
    yield found
    for one in fields(found) if is_dataclass(found) else ():
        own = getattr(found, one.name)
        several = own.values() if isinstance(own, dict) else own
        for part in several if isinstance(several, (tuple, list)) else [own]:
            if type(part).__module__.startswith("causal_explorer") and is_dataclass(part):
                yield from parts(part)


@pytest.mark.parametrize("name", shipped_models())
def test_what_a_user_gets_back_is_short_on_a_notebooks_last_line(name):
    opened = ce.load(name)
    for found in (opened, *asked(opened)):
        for part in parts(found):
            assert len(repr(part)) < SHORT, type(part)
        assert type(found).__name__ in repr(found)


def test_stories_and_answers_of_the_original_are_short_too():
    told = read_story("confounded")
    answer = ce.load("scm-vae-mlp").counterfactual(
        HEART, do={"shape": 0}, samples=2, abduction="svi", svi=SVISettings(2)
    )
    for part in (*parts(told), *parts(answer), *told.mechanisms.values()):
        assert len(repr(part)) < SHORT, type(part)


def answered(opened):
    """What a worker makes of an explorer that was sent to it: bytes of its densities."""
    torch.set_num_threads(1)
    return [a.density.tobytes() for a in asked(opened) if hasattr(a, "density")]


@pytest.mark.parametrize("name", shipped_models())
def test_what_is_unpickled_answers_alike(name):
    opened = ce.load(name)
    expected = answered(opened)  # also fills what is computed once
    sent = pickle.dumps(opened)
    again = pickle.loads(sent)
    assert answered(again) == expected
    assert again.checkpoint.dataset is opened.checkpoint.dataset
    size = sum(weight.nbytes for weight in opened.checkpoint.model.state_dict().values())
    assert len(sent) < 1.5 * size + 5_000_000, "what can be computed again is not sent"


def test_answers_are_pickled():
    opened = ce.load("scm-vae")
    for found in asked(opened):
        again = pickle.loads(pickle.dumps(found))
        for one in fields(found):
            if isinstance(getattr(found, one.name), np.ndarray):
                np.testing.assert_array_equal(getattr(again, one.name), getattr(found, one.name))


def test_workers_that_begin_with_nothing_answer_as_their_parent_does():
    """Spawned, as on macOS and Windows: nothing of the parent's memory is theirs."""
    opened = [ce.load(name) for name in ("scm-vae", "causal-vae", "cevae")]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(answered, opened)) == [answered(one) for one in opened]


def test_a_data_set_of_ones_own_is_not_taken_for_the_one_that_it_came_from():
    shipped = dataset_named({"name": "cevae-synthetic", "units": 100})
    assert pickle.loads(pickle.dumps(shipped)) is shipped
    assert "units=100" in repr(shipped)
    own = replace(shipped, noun="unit of my own")
    assert own.__reduce_ex__(4)[0] is not dataset_named

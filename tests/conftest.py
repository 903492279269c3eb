import os
import signal

import pytest
import torch

import causal_explorer as ce

torch.set_num_threads(1)  # small tensors: more threads cost more than they give
# a shell's background job ignores it, and so would every command that a test stops with it
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def explorer():
    """The shipped checkpoint under the default story."""
    return ce.load("scm-vae")


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """A cache folder of its own for the whole run; the packed store is built there once."""
    before = os.environ.get("CAUSAL_EXPLORER_CACHE")
    folder = before or str(tmp_path_factory.mktemp("cache"))
    os.environ["CAUSAL_EXPLORER_CACHE"] = folder
    yield folder
    if before is None:
        del os.environ["CAUSAL_EXPLORER_CACHE"]

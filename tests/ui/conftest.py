from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def app():
    """The first screen."""
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    return page

"""Every control of every page explains itself."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import APP

PAGES = APP.parent / "causal_explorer" / "ui" / "pages"
KINDS = [
    "button",
    "button_group",
    "segmented_control",
    "pills",
    "slider",
    "select_slider",
    "number_input",
    "selectbox",
    "toggle",
    "radio",
    "checkbox",
    "multiselect",
    "text_input",
    "download_button",
    "file_uploader",
]
STATES = [
    ("explore", {}),
    ("explore", {"evidence": "Upload"}),
    ("explore", {"evidence": "Some factors", "view": "Compare", "kept": "x"}),
    ("explore", {"view": "Step by step", "show": "Single draw", "step": "2 Abduction"}),
    ("explore", {"view": "By optimisation", "model": "scm-vae-mlp"}),
    ("explore", {"view": "Take it away"}),
    ("explore", {"system": "CausalVAE, pendulum", "causal-vae_view": "Traversal"}),
    ("explore", {"system": "SCM-VAE, styled sprites", "scm-vae-styled_view": "Traversal"}),
    ("explore", {"system": "CEVAE, treatment"}),
    ("explore", {"system": "β-Intact-VAE, faces"}),
    ("explore", {"system": "Ladder VAE, sprites"}),
    ("models", {"of": "CausalVAE, pendulum"}),
    ("rungs", {}),
    ("story", {}),
    ("checks", {"check": "Traversal"}),
    ("training", {}),
    ("lessons", {}),
    ("about", {}),
]


@pytest.mark.parametrize(("name", "params"), STATES)
def test_every_control_has_a_help_text(name, params):
    page = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60)
    page.query_params.update(params)
    page.run()
    assert not page.exception
    controls = [widget for kind in KINDS for widget in page.get(kind)]
    assert len(controls) > 2 or name in ("about", "lessons", "models")
    silent = [widget.proto.label for widget in controls if not widget.proto.help]
    assert silent == []

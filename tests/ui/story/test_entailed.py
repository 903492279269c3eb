import pytest

from causal_explorer.ui import serving
from causal_explorer.ui.story import entailed

ENTAILED = ["shipped_story", "story_scm", "joint", "seeing_and_doing", "data_set", "first_sprites"]


@pytest.mark.parametrize("name", ENTAILED)
def test_what_a_story_entails_is_computed_once(name, monkeypatch):
    text = entailed.shipped_story("default")
    arguments = {
        "shipped_story": ("chain",),
        "story_scm": (text,),
        "joint": (text, "scale", "posY"),
        "seeing_and_doing": (text, "scale", "posY"),
        "data_set": (text, 100, 0),
        "first_sprites": (text, 100, 0, 4),
    }[name]
    first = getattr(entailed, name)(*arguments)
    for inner in ("parse", "read_story", "joint_law", "seen_and_done_means", "resample"):
        monkeypatch.setattr(entailed, inner, None)  # a second computation would call it
    monkeypatch.setattr(entailed, "write_resampled", None)
    second = getattr(entailed, name)(*arguments)
    assert str(second) == str(first)


def test_a_map_of_errors_is_cached_once():
    assert not hasattr(serving.errors_over.__wrapped__, "clear")

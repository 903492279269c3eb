import numpy as np
import pytest

from causal_explorer.data import dsprites, store, windows
from causal_explorer.data.windows import open_windows


def pictures(count, seed=0):
    rows = np.random.default_rng(seed).integers(0, dsprites.COUNT, count)
    return dsprites.render(dsprites.classes_of(rows))


@pytest.fixture(scope="module")
def found():
    return open_windows()


def test_areas_are_those_of_the_pictures(found):
    rows = np.random.default_rng(1).integers(0, dsprites.COUNT, 20_000)
    drawn = np.unpackbits(dsprites.render_packed(dsprites.classes_of(rows)), axis=1).sum(1)
    np.testing.assert_array_equal(found.areas.reshape(-1)[rows], drawn)


@pytest.mark.parametrize("flips", [0, 3, 400, 4096])
def test_distances_count_the_pixels_that_differ(found, flips):
    """Of places at every rim, and of pictures with light at every rim."""
    (x,) = pictures(1, flips)
    x.reshape(-1)[np.random.default_rng(2).choice(4096, flips, replace=False)] ^= 1
    corners = np.indices((3, 6, 40, 2, 2)).reshape(5, -1).T * [1, 1, 1, 31, 31]
    some = dsprites.classes_of(np.random.default_rng(3).integers(0, dsprites.COUNT, 3_000))
    table = np.concatenate([corners, some])
    differ = (dsprites.render(table) != x).sum((1, 2))
    np.testing.assert_array_equal(found.distances(x)[tuple(table.T)], differ)


def test_a_picture_of_its_own_lies_at_0_from_all_that_draw_it(found):
    (x,) = dsprites.render(np.array([[0, 2, 0, 5, 6]]))
    at = np.argwhere(found.distances(x) == 0).tolist()
    assert [0, 2, 0, 5, 6] in at
    assert [0, 2, 39, 5, 6] in at  # the ring closes


def test_the_file_is_read_again_and_drawn_again_where_it_is_damaged(tmp_path, monkeypatch, found):
    monkeypatch.setenv(store.CACHE_VARIABLE, str(tmp_path))
    drawn = []
    monkeypatch.setattr(windows, "_drawn", lambda scale: drawn.append(scale) or found.words[scale])
    windows.open_windows.__wrapped__()
    assert drawn == list(range(6))
    again = windows.open_windows.__wrapped__()
    assert len(drawn) == 6
    np.testing.assert_array_equal(again.words[3], found.words[3])
    path = tmp_path / "dsprites-windows.bits"
    with path.open("r+b") as file:
        file.seek(1_000)
        file.write(b"\x55")
    windows.open_windows.__wrapped__()
    assert len(drawn) == 12


def test_where_no_cache_can_be_written_they_stay_in_memory(tmp_path, monkeypatch, found, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv(store.CACHE_VARIABLE, str(blocked))
    monkeypatch.setattr(windows, "_drawn", lambda scale: found.words[scale])
    assert windows.open_windows.__wrapped__().areas[0, 0, 0, 0, 0] == found.areas[0, 0, 0, 0, 0]
    assert "stay in memory" in caplog.text

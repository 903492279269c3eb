import pytest

from causal_explorer.wording import brief, listed, nearest, reason, shortened


def test_a_short_row_of_names_is_whole():
    assert listed(["a", "b", "c"]) == "a, b, c"
    assert listed(["a", "b", "c"], last=" and ") == "a, b and c"
    assert listed(["a"], last=" and ") == "a"
    assert listed([], none="nothing") == "nothing"
    assert listed(str(k) for k in range(12)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"


def test_a_long_row_is_cut_and_says_so():
    assert listed(["ab"] * 13).endswith("ab, ab … and 1 more")
    assert len(listed(["x" * 1_000] * 5_000)) < 13 * 42 + 20


def test_a_name_is_one_line_of_at_most_forty_letters():
    assert shortened("a\n b\t c") == "a b c"
    assert shortened("x" * 40) == "x" * 40
    assert shortened("x" * 41) == "x" * 39 + "…"
    assert shortened(" " * 500 + "x") == "…"
    assert listed(["a\nb", 3, None]) == "a b, 3, None"


def test_a_value_is_short_whatever_it_is():
    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert brief("x" * 300)[0] == "'"
    assert len(brief({"x" * 300: ["y" * 300] * 300})) <= 80
    assert brief(Broken()).startswith("<Broken")


def test_a_reason_is_the_systems_or_the_first_line():
    assert reason(FileNotFoundError(2, "No such file")) == "No such file"
    assert reason(ValueError("one.\ntwo")) == "one"
    assert reason(KeyError()) == "KeyError"


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("stps", "; the nearest is train.steps"),
        ("train.stps", "; the nearest is train.steps"),
        ("Data", "; the nearest is data"),
        ("zebra", ""),
        ("", ""),
    ],
)
def test_a_name_that_may_have_been_meant_is_told(name, end):
    assert nearest(name, ["data", "train.steps", "train.batch"]) == end

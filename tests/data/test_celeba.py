import codecs
import re
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from causal_explorer.data.dataset import dataset_named
from causal_explorer.models.registry import build

NAMES = ["Black_Hair", "Blond_Hair", "Brown_Hair", "Eyeglasses", "Gray_Hair", "Male", "Smiling"]
NAMES += ["Young", "Mouth_Slightly_Open", "Narrow_Eyes"]
COUNT = 20
HEAD = " ".join(NAMES)


@pytest.fixture
def folder(tmp_path):
    """Files of the official layout: a picture's shade is its number, glasses are every second."""
    (tmp_path / "img_align_celeba").mkdir()
    lines, parts = [str(COUNT), " ".join(NAMES)], []
    for k in range(COUNT):
        name = f"{k + 1:06d}.jpg"
        Image.new("RGB", (178, 218), (10 * k, 128, 255 - 10 * k)).save(
            tmp_path / "img_align_celeba" / name, quality=95
        )
        told = ["1" if i == 3 and k % 2 else "-1" for i in range(len(NAMES))]
        lines.append(f"{name} " + "  ".join(told))
        parts.append(f"{name} {0 if k < 16 else 1 if k < 18 else 2}")
    (tmp_path / "list_attr_celeba.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "list_eval_partition.txt").write_text("\n".join(parts) + "\n")
    return tmp_path


def opened(folder, **settings):
    spec = {"name": "celeba", "folder": str(folder), **settings}
    return dataset_named(spec).open(torch.device("cpu"))


def test_pictures_and_attributes_are_read_in_order(folder):
    pictures = opened(folder)
    v, x = pictures(torch.arange(COUNT))
    assert v.shape == (COUNT, 10)
    assert v[:, 0].tolist() == [k % 2 for k in range(COUNT)]
    assert v[:, 1:].sum() == 0
    assert x.shape == (COUNT, 3, 64, 64)
    shades = x.mean((2, 3))[:, 0] * 255
    np.testing.assert_allclose(shades, 10 * np.arange(COUNT), atol=2)  # JPEG rounds


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "marked"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["unix", "windows"])
def test_an_editor_may_have_saved_the_lists(folder, mark, end):
    plain, rows = opened(folder), opened(folder).rows("test")
    for path in folder.glob("*.txt"):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", end) + end)
    saved = opened(folder)
    assert saved.v.equal(plain.v)
    assert saved.rows("test").tolist() == rows.tolist() == [18, 19]


def test_a_square_is_cut_out(folder):
    picture = np.zeros((218, 178, 3), np.uint8)
    picture[20:198] = 255
    Image.fromarray(picture).save(folder / "img_align_celeba" / "000001.jpg", quality=100)
    _, x = opened(folder)(torch.tensor([0]))
    assert x.min() > 0.95


def test_the_official_split_is_kept(folder):
    pictures = opened(folder)
    assert pictures.rows("train").tolist() == list(range(16))
    assert pictures.rows("validation").tolist() == [16, 17]
    assert pictures.rows("test").tolist() == [18, 19]


def test_few_pictures_are_of_every_part(folder):
    pictures = opened(folder, count=11)
    assert all(len(pictures.rows(part)) for part in ("train", "validation", "test"))


def test_without_an_official_split_a_seed_splits(folder):
    (folder / "list_eval_partition.txt").unlink()
    pictures = opened(folder, count=COUNT - 1)
    every = np.concatenate([pictures.rows(s, 3) for s in ("train", "validation", "test")])
    assert sorted(every.tolist()) == list(range(COUNT - 1))


def test_the_environment_names_the_folder(folder, monkeypatch):
    monkeypatch.setenv("CAUSAL_EXPLORER_CELEBA", str(folder))
    found = dataset_named("celeba").open(torch.device("cpu"))
    assert len(found.v) == COUNT


def test_a_model_of_a_treatment_learns_from_it(folder):
    dataset = dataset_named({"name": "celeba", "folder": str(folder)})
    model = build("intact-vae", dataset, {"hidden": 8, "features": 4})
    v, x = dataset.open(torch.device("cpu"))(torch.arange(4))
    assert torch.isfinite(model.loss(v, x))


def test_no_truth_is_known():
    dataset = dataset_named("celeba")
    assert dataset.scm is None
    with pytest.raises(ValueError, match="has no renderer"):
        dataset.render(np.zeros((1, 8), int))


def test_no_folder_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.delenv("CAUSAL_EXPLORER_CELEBA", raising=False)
    with pytest.raises(ValueError, match="as its setting or as CAUSAL_EXPLORER_CELEBA"):
        opened("")
    with pytest.raises(ValueError, match="there is no folder"):
        opened(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"list_attr_celeba\.txt of celeba cannot be read"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("list_attr_celeba.txt", "", r"list_attr_celeba\.txt is empty"),
        ("list_attr_celeba.txt", "\n \n", r"list_attr_celeba\.txt is empty"),
        ("list_attr_celeba.txt", "000001.jpg 1\n", "Line 1 of .*: it takes how many pictures"),
        ("list_attr_celeba.txt", "20\n", "names no Eyeglasses, Male.* in line 2: it takes the"),
        ("list_attr_celeba.txt", "1\nMale\n000001.jpg 1\n", "names no Eyeglasses, Young"),
        ("list_attr_celeba.txt", f"0\n{' '.join(NAMES)}\n", "holds no pictures"),
        (
            "list_attr_celeba.txt",
            f"1\n{HEAD}\n000001.jpg 1\n",
            "Line 3 of .* has 2 cells: it takes",
        ),
        (
            "list_attr_celeba.txt",
            f"1\n{HEAD}\na.jpg {'1 ' * 9}0\n",
            "'0' of 'Narrow_Eyes': it takes",
        ),
        ("list_eval_partition.txt", "", r"list_eval_partition\.txt is empty"),
        ("list_eval_partition.txt", "000001.jpg 3\n", "Line 1 of .* '000001.jpg 3': .* 0, 1 or 2"),
        (
            "list_eval_partition.txt",
            "000001.jpg;0\n",
            "Line 1 of .* and 0, 1 or 2, separated by sp",
        ),
        ("list_eval_partition.txt", "1.jpg 0\n\n1.jpg 1\n", "Line 3 of .* '1.jpg 1'.* once"),
        ("list_eval_partition.txt", "000001.jpg 0\n", "in which part 000002"),
        ("img_align_celeba/000007.jpg", "no picture", r"000007\.jpg of celeba cannot be read"),
    ],
)
def test_a_damaged_file_is_one_sentence(folder, file, text, said):
    (folder / file).write_text(text)
    with pytest.raises(ValueError, match=said):
        opened(folder)


def test_a_missing_picture_is_named(folder):
    (folder / "img_align_celeba" / "000003.jpg").unlink()
    with pytest.raises(ValueError, match=r"000003\.jpg of celeba cannot be read"):
        opened(folder)


def test_a_picture_of_another_size_is_refused(folder):
    Image.new("RGB", (178, 178)).save(folder / "img_align_celeba" / "000003.jpg")
    with pytest.raises(ValueError, match="is 178 × 178: celeba's are 178 × 218"):
        opened(folder)


def test_a_count_is_checked(folder):
    with pytest.raises(ValueError, match="count is 3"):
        opened(folder, count=3)


def test_blank_last_lines_are_no_rows(folder):
    for name in ("list_attr_celeba.txt", "list_eval_partition.txt"):
        with (folder / name).open("a") as file:
            file.write("\n  \r\n\n")
    assert len(opened(folder).v) == COUNT


def as_kaggle(folder):
    """The same lists as tables with a row of names, the pictures one folder deeper."""
    lines = (folder / "list_attr_celeba.txt").read_text().splitlines()
    rows = [["image_id", *lines[1].split()], *(line.split() for line in lines[2:])]
    (folder / "list_attr_celeba.csv").write_text("".join(",".join(row) + "\n" for row in rows))
    parts = (folder / "list_eval_partition.txt").read_text().splitlines()
    table = ["image_id,partition", *(",".join(part.split()) for part in parts)]
    (folder / "list_eval_partition.csv").write_text("\r\n".join(table) + "\r\n")
    for name in ("list_attr_celeba.txt", "list_eval_partition.txt"):
        (folder / name).unlink()
    (folder / "img_align_celeba").rename(folder / "inner")
    (folder / "img_align_celeba").mkdir()
    (folder / "inner").rename(folder / "img_align_celeba" / "img_align_celeba")


def as_png(folder, name):
    (folder / name).mkdir(exist_ok=True)
    for path in sorted((folder / "img_align_celeba").glob("*.jpg")):
        with Image.open(path) as picture:
            picture.save(folder / name / f"{path.stem}.png")
        path.unlink()


@pytest.mark.parametrize(
    "arrange",
    [
        as_kaggle,
        lambda folder: as_png(folder, "img_align_celeba_png"),
        lambda folder: as_png(folder, "img_align_celeba"),
    ],
    ids=["Kaggle's", "PNG twins", "PNG in the folder of JPEG"],
)
def test_the_same_pictures_are_read_from_every_layout(folder, arrange):
    expected = opened(folder, count=COUNT)
    arrange(folder)
    found = opened(folder, count=COUNT)
    assert found.v.equal(expected.v)
    assert found.x.equal(expected.x)
    for split in ("train", "validation", "test"):
        assert found.rows(split).tolist() == expected.rows(split).tolist()


def rewritten(folder, change):
    for path in folder.glob("*.csv"):
        path.write_text(change(path.read_text()), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: re.sub(r"[^,\n]+", r'"\g<0>"', text),
        lambda text: re.sub(r"[^,\n]+", r'"\g<0>"', text).replace(",", ";"),
        lambda text: text.replace(",", " , ").replace("\n", "\n\n"),
        lambda text: text.replace("\n", "\r\n") + ",,\r\n",
    ],
    ids=["semicolons", "tabs", "quotes", "quotes and semicolons", "blanks", "a sheet's last row"],
)
def test_a_table_is_read_as_any_spreadsheet_writes_it(folder, change):
    as_kaggle(folder)
    expected = opened(folder)
    rewritten(folder, change)
    found = opened(folder)
    assert found.v.equal(expected.v)
    assert found.rows("test").tolist() == expected.rows("test").tolist()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("list_attr_celeba", lambda text: "", r"list_attr_celeba\.csv is empty"),
        ("list_eval_partition", lambda text: "\n", r"list_eval_partition\.csv is empty"),
        (
            "list_attr_celeba",
            lambda text: text.replace(",", "|"),
            "in line 1: it takes the attributes' names there, separated by commas, semicolons or",
        ),
        (
            "list_attr_celeba",
            lambda text: text.replace("000003.jpg,-1", "000003.jpg,no"),
            r"Line 4 of list_attr_celeba\.csv says 'no' of 'Black_Hair': it takes a file name and",
        ),
        (
            "list_attr_celeba",
            lambda text: text.replace("000003.jpg,", "000003.jpg,,"),
            r"Line 4 of list_attr_celeba\.csv has 12 cells: it takes a file name and -1 or 1 for",
        ),
        (
            "list_attr_celeba",
            lambda text: text.replace("000003.jpg", '"000003.jpg'),
            r"Line 4 of list_attr_celeba\.csv is no row of cells: unexpected end of data\.",
        ),
        (
            "list_eval_partition",
            lambda text: text.replace("000003.jpg,0", "000003.jpg;0"),
            r"Line 4 of list_eval_partition\.csv is '000003\.jpg;0': it takes a file name and 0, 1",
        ),
    ],
)
def test_what_is_no_table_is_said_by_file_and_line(folder, name, change, said):
    as_kaggle(folder)
    path = folder / f"{name}.csv"
    path.write_text(change(path.read_text()))
    with pytest.raises(ValueError, match=said) as found:
        opened(folder)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("rows", [10, COUNT - 1])
def test_a_list_that_was_cut_is_refused(folder, rows):
    path = folder / "list_attr_celeba.txt"
    path.write_text("\n".join(path.read_text().splitlines()[: 2 + rows]) + "\n")
    with pytest.raises(ValueError, match=f"says '{COUNT}' pictures in its first line .* {rows}"):
        opened(folder)


def test_a_list_that_names_a_picture_twice_is_refused(folder):
    path = folder / "list_attr_celeba.txt"
    path.write_text(path.read_text().replace("000003.jpg", "000002.jpg"))
    with pytest.raises(ValueError, match=r"list_attr_celeba\.txt lists 000002\.jpg more than once"):
        opened(folder)


def test_a_cut_list_that_declares_nothing_is_seen_by_the_other(folder):
    as_kaggle(folder)
    path = folder / "list_attr_celeba.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:11]))
    with pytest.raises(
        ValueError, match=r"partition\.csv lists 20 pictures, and .* 10: one of them"
    ):
        opened(folder)


@pytest.mark.parametrize("name", ["../000001.jpg", "/etc/1.jpg", "a\\b.jpg", "..", "C:x.jpg"])
def test_a_list_names_files_of_the_folder_alone(folder, name):
    path = folder / "list_attr_celeba.txt"
    path.write_text(path.read_text().replace("000003.jpg", name))
    with pytest.raises(ValueError, match=r"Line 5 of list_attr_celeba\.txt names no file"):
        opened(folder)


def test_what_cannot_be_read_is_said_with_its_path(folder):
    path = folder / "img_align_celeba" / "000003.jpg"
    path.write_text("no picture")
    with pytest.raises(ValueError, match=f"cannot be read: {path} is no picture"):
        opened(folder)
    path.unlink()
    with pytest.raises(ValueError, match=f"cannot be read: {path} is missing"):
        opened(folder)
    shutil.rmtree(folder / "img_align_celeba")
    with pytest.raises(ValueError, match=r"img_align_celeba/000001\.jpg is missing"):
        opened(folder)

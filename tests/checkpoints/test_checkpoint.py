import json
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from hwsim.cells.kinds import KINDS
from hwsim.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from hwsim.foundation.errors import InputError


def refusal(path) -> str:
    with pytest.raises(InputError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.exit_code == 2
    assert message.startswith(str(path))
    return message


@pytest.fixture
def saved(tmp_path, checkpoint):
    path = tmp_path / "net.safetensors"
    save_checkpoint(path, checkpoint)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_round_trip_is_exact_for_every_kind(tmp_path, make_checkpoint, kind):
    checkpoint = make_checkpoint(kind)
    path = tmp_path / "net.safetensors"
    save_checkpoint(path, checkpoint)
    loaded = load_checkpoint(path)
    assert loaded.header == checkpoint.header
    assert loaded.tensors.keys() == checkpoint.tensors.keys()
    for name, tensor in loaded.tensors.items():
        assert tensor.dtype == np.float64
        assert np.array_equal(tensor, checkpoint.tensors[name])
    assert loaded.content_hash == checkpoint.content_hash


def test_the_hash_sees_header_and_tensors(make_checkpoint):
    plain = make_checkpoint().content_hash
    assert make_checkpoint().content_hash == plain
    assert make_checkpoint(seed=8).content_hash != plain
    assert make_checkpoint(tensors={"input.bias": np.zeros(4)}).content_hash != plain


def test_the_same_checkpoint_gives_the_same_file(tmp_path, saved, checkpoint):
    again = tmp_path / "again.safetensors"
    save_checkpoint(again, checkpoint)
    assert again.read_bytes() == saved.read_bytes()


def test_numba_is_told_where_it_was_used(make_checkpoint):
    versions = {"hwsim": "0", "torch": "2", "numpy": "2", "python": "3"}
    without, using = (
        make_checkpoint(versions=each) for each in (versions, versions | {"numba": "0.61"})
    )
    # The hash of a file from before it was used stays what it was.
    assert "numba" not in without.header.model_dump_json()
    assert '"numba":"0.61"' in using.header.model_dump_json()
    assert without.content_hash != using.content_hash


def test_tensors_cannot_be_changed(checkpoint):
    with pytest.raises(ValueError, match="read-only"):
        checkpoint.tensors["input.bias"][0] = 1


def test_saving_into_a_missing_folder(tmp_path, checkpoint):
    with pytest.raises(InputError, match="cannot write"):
        save_checkpoint(tmp_path / "none" / "net.safetensors", checkpoint)


def test_missing_file(tmp_path):
    assert "no such checkpoint" in refusal(tmp_path / "none.safetensors")


@pytest.mark.parametrize("kept", [0, 5, 100, -1])
def test_truncated_file(saved, kept):
    saved.write_bytes(saved.read_bytes()[:kept])
    assert "cut short" in refusal(saved)


def test_a_header_of_any_length_is_read(tmp_path, make_checkpoint):
    """The file begins with the length of its header, which may look as a pickle begins."""
    path, begun = tmp_path / "net.safetensors", set()
    for letters in range(0, 256, 8):
        save_checkpoint(path, make_checkpoint(command="x" * letters))
        begun.add(path.read_bytes()[0])
        assert load_checkpoint(path).header.command == "x" * letters
    assert 0x80 in begun


def test_pickles_are_not_loaded(tmp_path):
    path = tmp_path / "net.pt"
    path.write_bytes(pickle.dumps({"input.weight": 1}))
    assert "never loaded" in refusal(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(1))
    assert "'hwsim train' writes" in refusal(path)


@pytest.mark.parametrize("metadata", [None, {"hwsim": "{"}, {"hwsim": "[]"}, {"hwsim": '{"a": 1}'}])
def test_foreign_safetensors(tmp_path, metadata):
    path = tmp_path / "net.safetensors"
    save_file({"weight": np.zeros(3, np.float32)}, path, metadata=metadata)
    assert "hwsim did not make" in refusal(path)


def rewrite(path, tensors=None, dropped=(), **changes):
    """Change a saved checkpoint's tensors and header fields behind hwsim's back."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(json.loads(raw[8 : 8 + size])["__metadata__"]["hwsim"])
    content = load_file(path) | (tensors or {})
    for name in dropped:
        del content[name]
    save_file(content, path, metadata={"hwsim": json.dumps(header | changes)})


def test_another_version(saved):
    rewrite(saved, version=2)
    assert "of version 2, this hwsim reads 1" in refusal(saved)


def test_a_bad_header_field_is_named(saved):
    rewrite(saved, units="four")
    assert "header: units: " in refusal(saved)
    rewrite(saved, units=4, surprise=1)
    assert "header: surprise: " in refusal(saved)


UNITS = np.ones(4, np.float32)


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        ({"extra": UNITS}, "has the surplus tensor extra"),
        ({"input.bias": np.ones(3, np.float32)}, r"input.bias has shape [3], expected [4]"),
        ({"input.bias": np.ones(4)}, "input.bias holds F64 numbers"),
        ({"input.bias": UNITS * np.nan}, "input.bias has NaN"),
        ({"readout.bias": np.full(2, np.inf, np.float32)}, "readout.bias has NaN or infinite"),
        ({"blocks.1.cell.beta": UNITS * 0}, "blocks.1.cell.beta of unit 0 is not positive"),
        ({"blocks.0.cell.alpha": -UNITS}, "blocks.0.cell.alpha of unit 0 is not positive"),
    ],
)
def test_bad_tensors_are_named(saved, tensors, complaint):
    rewrite(saved, tensors=tensors)
    assert complaint in refusal(saved)


def test_a_missing_tensor_is_named(saved):
    rewrite(saved, dropped=["blocks.1.output.weight"])
    assert "lacks the tensor blocks.1.output.weight" in refusal(saved)


def test_a_falling_threshold_above_its_rising_one(make_checkpoint):
    low = np.array([0.1, 0.2, 2.0, 0.1])
    with pytest.raises(InputError, match=r"blocks\.1\.cell\.beta_low of unit 2 exceeds its beta"):
        make_checkpoint("fq_bmru", tensors={"blocks.1.cell.beta_low": low})


def test_a_threshold_too_small_for_single_precision(make_checkpoint):
    with pytest.raises(InputError, match="not positive"):
        make_checkpoint(tensors={"blocks.0.cell.beta": np.full(4, 1e-60)})


def test_a_weight_too_large_for_single_precision(make_checkpoint):
    with pytest.raises(InputError, match=r"input\.bias has NaN or infinite"):
        make_checkpoint(tensors={"input.bias": np.full(4, 1e300)})


def test_reading_a_checkpoint_needs_no_torch(saved):
    code = (
        "import sys, pathlib\n"
        "from hwsim.checkpoints.checkpoint import load_checkpoint\n"
        f"load_checkpoint(pathlib.Path({str(saved)!r}))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_transposed_tensors_keep_their_meaning(tmp_path, checkpoint):
    turned = {
        name: np.asfortranarray(tensor) if tensor.ndim == 2 else tensor
        for name, tensor in checkpoint.tensors.items()
    }
    path = tmp_path / "turned.safetensors"
    save_checkpoint(path, Checkpoint(checkpoint.header, turned))
    loaded = load_checkpoint(path)
    for name, tensor in checkpoint.tensors.items():
        np.testing.assert_array_equal(loaded.tensors[name], tensor)

"""Folders of sounds: a front end against its equations, splits, and every kind of bad file."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.fft import dct
from scipy.io import wavfile

from hwsim.cli.task import task_command
from hwsim.data.audio_folder import load_audio_folder
from hwsim.data.audio_split import assign_parts
from hwsim.data.mfcc import Mfcc
from hwsim.data.npz import load_npz
from hwsim.data.wav import Sound, read_wav
from hwsim.foundation.errors import InputError

RATE = 8000


def tone(frequency, seed, seconds=0.2, rate=RATE):
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    return 0.3 * np.sin(2 * np.pi * frequency * time) + 0.01 * rng.normal(size=time.size)


def write(path, samples, rate=RATE):
    path.parent.mkdir(parents=True, exist_ok=True)
    wavfile.write(path, rate, (samples * 32767).astype(np.int16))
    return path


@pytest.fixture
def folder(tmp_path):
    """Two classes of six recordings."""
    home = tmp_path / "words"
    for name, frequency in (("low", 300), ("high", 1500)):
        for index in range(6):
            write(home / name / f"{index}.wav", tone(frequency, index, 0.1 + 0.02 * index))
    return home


def plain_mfcc(samples, rate, count=13, bands=23):
    """Kaldi's MFCC as it is described, with NumPy."""
    size, hop = round(0.025 * rate), round(0.010 * rate)
    frames = np.lib.stride_tricks.sliding_window_view(samples * 32768.0, size)[::hop]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / (size - 1))) ** 0.85
    padded = 1 << (size - 1).bit_length()
    power = np.abs(np.fft.rfft((frames - 0.97 * before) * window, padded)) ** 2
    mel = 1127 * np.log1p(np.fft.rfftfreq(padded, 1 / rate) / 700)
    edges = np.linspace(1127 * np.log1p(20 / 700), 1127 * np.log1p(rate / 2 / 700), bands + 2)
    rise = (mel - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - mel) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(np.minimum(rise, fall), 0)[:, :-1]
    cepstra = dct(np.log(power[:, :-1] @ weights.T), norm="ortho")[:, :count]
    return cepstra * (1 + 11 * np.sin(np.pi * np.arange(count) / 22))


@pytest.mark.parametrize("rate", [8000, 16000])
def test_the_front_end_is_its_equations(rate):
    samples = tone(700, 3, 0.3, rate)
    features = Mfcc().features(Sound(samples, rate))
    assert features.shape == ((samples.size - round(0.025 * rate)) // round(0.01 * rate) + 1, 13)
    np.testing.assert_allclose(features, plain_mfcc(samples, rate), rtol=1e-3, atol=1e-2)


def test_features_are_the_same_every_time():
    sound = Sound(tone(700, 3), RATE)
    assert np.array_equal(Mfcc().features(sound), Mfcc().features(sound))


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.float32])
def test_every_coding_gives_the_same_sound(tmp_path, kind):
    samples = tone(440, 0)
    raw = {
        np.uint8: np.round(samples * 127 + 128),
        np.int16: samples * 2**15,
        np.int32: samples * 2**31,
        np.float32: samples,
    }[kind]
    path = tmp_path / "a.wav"
    wavfile.write(path, RATE, np.stack([raw, raw], axis=1).astype(kind))
    sound = read_wav(path)
    assert sound.rate == RATE
    np.testing.assert_allclose(sound.samples, samples, atol=0.01)


def bad_files(path):
    """What can be wrong with a file: what it holds, and what is said of it."""
    whole = write(path, tone(300, 0)).read_bytes()
    nan = path.with_name("nan.wav")
    wavfile.write(nan, RATE, np.full(2000, np.nan, dtype=np.float32))
    short = write(path.with_name("short.wav"), tone(300, 0, 0.01)).read_bytes()
    none = write(path.with_name("none.wav"), np.zeros(0)).read_bytes()
    contents = {
        "is empty": b"",
        "usable WAV file: cut short": whole[:20],
        "cut short": whole[:-800],
        "not a usable WAV file": b"not a sound at all, but long enough",
        "NaN": nan.read_bytes(),
        "lasts 0.01 s, a window 0.025 s": short,
        "no sample": none,
        "WAV file": whole[:36],
    }
    for other in ("nan.wav", "short.wav", "none.wav"):
        path.with_name(other).unlink()
    path.unlink()
    return contents


@pytest.mark.parametrize("index", range(8))
def test_a_bad_file_is_named_and_left_out_on_request_only(folder, index):
    path = folder / "low" / "bad.wav"
    complaint, content = list(bad_files(path).items())[index]
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"1 files cannot be used: low/bad.wav .*{complaint}"):
        load_audio_folder(folder, Mfcc())
    task = load_audio_folder(folder, Mfcc(), skip_unusable=True)
    assert list(task.skipped) == [path]
    assert sum(len(part) for part in task.splits.parts().values()) == 12


def test_mixed_rates_are_refused_left_out_or_resampled(folder):
    odd = write(folder / "low" / "odd.wav", tone(300, 9, rate=16000), rate=16000)
    with pytest.raises(InputError, match=r"low/odd.wav has a rate of 16000 Hz.*--rate to resample"):
        load_audio_folder(folder, Mfcc())
    assert list(load_audio_folder(folder, Mfcc(), skip_unusable=True).skipped) == [odd]
    task = load_audio_folder(folder, Mfcc(), rate=RATE)
    assert not task.skipped
    twin = write(folder / "low" / "odd.wav", tone(300, 9))
    resampled = sorted(task.splits.train.values[:, 3, 0])
    plain = sorted(load_audio_folder(folder, Mfcc()).splits.train.values[:, 3, 0])
    assert twin.is_file()
    np.testing.assert_allclose(resampled, plain, rtol=0.05)


def test_classes_that_cannot_be_learned_are_named(tmp_path, folder):
    with pytest.raises(InputError, match="no such folder"):
        load_audio_folder(tmp_path / "none", Mfcc())
    (folder / "_background_noise_").mkdir()
    (folder / "silent").mkdir()
    with pytest.raises(InputError, match="class 'silent' has no WAV file"):
        load_audio_folder(folder, Mfcc())
    write(folder / "silent" / "a.wav", np.zeros(0))
    with pytest.raises(InputError, match="class 'silent' has no usable file"):
        load_audio_folder(folder, Mfcc(), skip_unusable=True)
    write(folder / "silent" / "a.wav", tone(50, 0))
    with pytest.raises(InputError, match="class 'silent' has no file in the t"):
        load_audio_folder(folder, Mfcc())
    one = tmp_path / "one"
    write(one / "low" / "a.wav", tone(300, 0))
    with pytest.raises(InputError, match="holds 1 folders of sounds"):
        load_audio_folder(one, Mfcc())


def test_lists_decide_where_they_are_there(folder):
    (folder / "validation_list.txt").write_text("low/0.wav\nhigh/0.wav\nhigh/gone.wav\n")
    (folder / "testing_list.txt").write_text("low/1.wav\nhigh/1.wav\nhigh/2.wav\n")
    splits = load_audio_folder(folder, Mfcc()).splits
    sizes = {name: np.bincount(part.labels).tolist() for name, part in splits.parts().items()}
    assert sizes == {"training": [3, 4], "validation": [1, 1], "test": [2, 1]}
    assert splits.train.classes == ("high", "low")


def test_a_speaker_is_in_one_set_only(tmp_path):
    files = {
        word: [tmp_path / word / f"{who}_nohash_{n}.wav" for who in range(20) for n in range(2)]
        for word in ("no", "yes")
    }
    parts = assign_parts(tmp_path, files)
    speakers = {part: {path.name.split("_")[0] for path in paths} for part, paths in parts.items()}
    assert {part: len(who) for part, who in speakers.items()} == {
        "train": 16,
        "validation": 2,
        "test": 2,
    }
    assert sum(len(paths) for paths in parts.values()) == 80


def test_without_speakers_every_class_is_in_every_set(folder):
    splits = load_audio_folder(folder, Mfcc()).splits
    sizes = {name: np.bincount(part.labels).tolist() for name, part in splits.parts().items()}
    assert sizes == {"training": [4, 4], "validation": [1, 1], "test": [1, 1]}


@pytest.mark.parametrize(
    ("choices", "complaint"),
    [
        ({"coefficients": 30}, "30 coefficients of 23 mel bands"),
        ({"coefficients": 0}, "0 coefficients"),
        ({"hop": 0.0}, "a hop of 0 s"),
        ({"hop": 0.1}, "no longer than the window"),
    ],
)
def test_front_ends_that_cannot_be(choices, complaint):
    with pytest.raises(InputError, match=complaint):
        Mfcc(**choices)


def command(*words):
    return CliRunner().invoke(task_command, [str(word) for word in words])


def test_the_command_writes_a_task_that_can_be_loaded(folder, tmp_path):
    (folder / "low" / "bad.wav").write_bytes(b"")
    out = tmp_path / "words.npz"
    refused = command("audio", folder, "--out", out)
    assert "bad.wav is empty" in str(refused.exception)
    assert not out.exists()
    done = command("audio", folder, "--out", out, "--skip-unusable", "--json")
    record = json.loads(done.stdout)
    assert list(record["skipped"].values()) == ["is empty"]
    assert record["channels"] == 13
    splits = load_npz(out)
    assert len(splits.validation) == 2
    direct = load_audio_folder(folder, Mfcc(), skip_unusable=True).splits
    assert np.array_equal(splits.test.values, direct.test.values)
    told = command("audio", folder, "--out", out, "--skip-unusable").stdout
    assert "skipped" in told
    assert "next: hwsim train" in told


def test_the_command_checks_its_place_and_rate_first(folder, tmp_path):
    assert ".npz file" in str(command("audio", folder, "--out", tmp_path / "a.txt").exception)
    assert ".npz file" in str(
        command("audio", folder, "--out", tmp_path / "no" / "a.npz").exception
    )
    wrong = command("audio", folder, "--out", tmp_path / "a.npz", "--rate", "1Hz")
    assert "a rate of 1 Hz" in str(wrong.exception)

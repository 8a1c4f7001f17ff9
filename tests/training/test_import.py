"""Weights of other code: a network written here, with names and forms of its own, comes in."""

import copy
import json

import numpy as np
import pytest
import torch
import yaml
from click.testing import CliRunner
from safetensors.torch import save_file
from torch import nn

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.checkpoints.mapping import TensorMapping, schema_json
from hwsim.cli.export import export_command
from hwsim.cli.import_checkpoint import import_command
from hwsim.training.state_file import read_state

MEAN, SCALE = [0.5, -1.0, 0.0], [2.0, 1.0, 0.5]
MAPPING = {
    "format": "hwsim-mapping",
    "network": {
        "cell": "saturating_cmru",
        "levels_half": 2,
        "channels": 3,
        "units": 4,
        "classes": ["a", "b"],
        "normalisation": {"mean": MEAN, "scale": SCALE},
    },
    "tensors": {
        "input.weight": "encoder.weight",
        "input.bias": "encoder.bias",
        "blocks.0.candidate.weight": {"from": "memory.both", "rows": [0, 4], "transpose": True},
        "blocks.0.candidate.bias": {"value": 0},
        "blocks.0.cell.alpha": {"from": "memory.log_alpha", "function": "exp"},
        "blocks.0.cell.beta": {"from": "memory.beta_raw", "function": "softplus", "offset": 0.1},
        "blocks.0.output.weight": {"from": "memory.both", "rows": [4, 8], "scale": 0.5},
        "blocks.0.output.bias": {"value": 0},
        "readout.weight": "head.weight",
        "readout.bias": "head.bias",
    },
    "ignored": ["steps_seen"],
}


class Memory(nn.Module):
    """Candidates from the upper half of one matrix, transposed; outputs by the lower, halved."""

    def __init__(self):
        super().__init__()
        self.both = nn.Parameter(torch.randn(8, 4))
        self.log_alpha = nn.Parameter(torch.randn(4) * 0.3)
        self.beta_raw = nn.Parameter(torch.tensor(-0.5))

    def forward(self, x):
        beta = nn.functional.softplus(self.beta_raw) + 0.1
        level, outputs = torch.zeros(x.shape[0], 4), []
        for step in x.unbind(1):
            candidate = step.relu() @ self.both[:4]
            level = (level + (candidate > beta).float() - (candidate < -beta).float()).clamp(-2, 2)
            outputs.append(step + 0.5 * (level * self.log_alpha.exp()) @ self.both[4:].T)
        return torch.stack(outputs, dim=1)


class OtherCode(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(3, 4)
        self.memory = Memory()
        self.head = nn.Linear(4, 2)
        self.register_buffer("steps_seen", torch.tensor(7))

    def forward(self, recordings):
        x = (recordings - torch.tensor(MEAN)) / torch.tensor(SCALE)
        return self.head(self.memory(self.encoder(x)).relu())


class Workshop:
    """Files of one import, each of which a test may spoil."""

    def __init__(self, folder):
        torch.manual_seed(4)
        self.folder, self.model = folder, OtherCode()
        self.mapping = copy.deepcopy(MAPPING)
        self.inputs = torch.randn(12, 7, 3)
        self.lengths = np.array([7, 5, 1, 7, 7, 3] * 2)
        with torch.no_grad():
            self.outputs = self.model(self.inputs).numpy()
        self.state = self.model.state_dict()
        self.path = folder / "other.pt"
        self.out = folder / "net.safetensors"

    def logits(self):
        rows = zip(self.outputs, self.lengths, strict=True)
        return np.stack([row[:length].mean(axis=0) for row, length in rows])

    def run(self, *words, state=None, **reference):
        if state is None and not self.path.exists():
            torch.save(self.state, self.path)
        arrays = {"inputs": self.inputs.numpy(), "outputs": self.outputs} | reference
        kept = {name: array for name, array in arrays.items() if array is not None}
        np.savez(self.folder / "reference.npz", **kept)
        (self.folder / "mapping.yaml").write_text(yaml.safe_dump(self.mapping))
        options = {"mapping": "mapping.yaml", "reference": "reference.npz"}
        paths = [
            word for name, file in options.items() for word in (f"--{name}", self.folder / file)
        ]
        line = [state or self.path, *paths, "--out", self.out, *words]
        return CliRunner().invoke(import_command, [str(word) for word in line])

    def refused(self, *words, **choices):
        outcome = self.run(*words, **choices)
        assert outcome.exit_code != 0
        assert not self.out.exists()
        assert type(outcome.exception).__name__ == "InputError", outcome.exception
        return str(outcome.exception)


@pytest.fixture
def shop(tmp_path):
    return Workshop(tmp_path)


def test_every_step_of_the_other_code_is_reproduced(shop):
    outcome = shop.run("--json")
    assert outcome.exit_code == 0, outcome.exception
    record = json.loads(outcome.stdout)
    assert record["relative_difference"] < 1e-6
    assert (record["sequences"], record["decisions_alike"], record["exportable"]) == (12, 1.0, True)
    header = load_checkpoint(shop.out).header
    assert header.recipe["imported_from"] == "other.pt"
    assert (header.seed, header.metrics.test, header.task) == (None, None, "imported")
    assert len(np.unique(shop.outputs)) > 50


def test_logits_of_sequences_of_unequal_length_do_as_well(shop):
    outcome = shop.run(outputs=shop.logits(), lengths=shop.lengths)
    assert outcome.exit_code == 0, outcome.exception
    assert "12 sequences differ by at most" in outcome.stdout
    assert "next: hwsim export" in outcome.stdout
    shop.out.unlink()
    assert "differ from the reference" in shop.refused(outputs=shop.logits())


def test_what_comes_in_can_become_a_circuit(shop):
    shop.run()
    words = [str(shop.out), "--out", str(shop.folder / "export")]
    assert CliRunner().invoke(export_command, words).exit_code == 0


def test_the_network_is_scored_on_request(shop, task):
    shop.mapping["network"]["channels"] = 3
    said = shop.refused("--data", task)
    assert "the data has 2 channels and 2 classes, the network 3 and 2" in said


@pytest.mark.parametrize("suffix", [".safetensors", ".npz", ".pth"])
def test_other_files_and_larger_checkpoints(shop, suffix):
    path = shop.folder / f"state{suffix}"
    match suffix:
        case ".safetensors":
            save_file(shop.state, path)
        case ".npz":
            np.savez(path, **{name: tensor.numpy() for name, tensor in shop.state.items()})
        case ".pth":
            torch.save({"epoch": 3, "model": shop.state, "lr": torch.ones(2)}, path)
            shop.mapping["prefix"] = "model."
    outcome = shop.run(state=path)
    assert outcome.exit_code == 0, outcome.exception


def test_a_wrong_mapping_is_found_by_the_reference(shop):
    shop.mapping["tensors"]["blocks.0.candidate.weight"]["transpose"] = False
    said = shop.refused()
    assert "differ from the reference by up to" in said
    assert "sequence " in said
    assert "look at transposes" in said
    shop.mapping = copy.deepcopy(MAPPING)
    del shop.mapping["network"]["normalisation"]
    assert "differ from the reference" in shop.refused()


def test_few_differences_have_another_hint(shop):
    shop.outputs = shop.outputs.copy()
    shop.outputs[5, 2, 1] += 3.0
    said = shop.refused()
    assert "sequence 5, step 2, class 'b'; in 1 of 12 sequences" in said
    assert "tip either way" in said


def tensors(**changes):
    """Change entries of the mapping; dots of the roles are written as two underscores."""

    def change(shop):
        shop.mapping["tensors"] |= {name.replace("__", "."): e for name, e in changes.items()}

    return change


def network(**changes):
    return lambda shop: shop.mapping["network"].update(changes)


def state(tensor):
    return lambda shop: shop.state.update({"head.bias": tensor})


@pytest.mark.parametrize(
    ("spoil", "complaints"),
    [
        (
            lambda shop: shop.mapping["tensors"].pop("blocks.0.cell.beta"),
            ["the mapping lacks blocks.0.cell.beta", "{value: 0}"],
        ),
        (
            tensors(blocks__1__output__bias={"value": 0}),
            ["names blocks.1.output.bias, which this network does not have"],
        ),
        (
            tensors(readout__bias="head.offset"),
            ["the file has no tensor head.offset", "encoder.bias"],
        ),
        (
            lambda shop: shop.mapping["ignored"].append("dropout.mask"),
            ["the file has no tensor dropout.mask"],
        ),
        (
            tensors(input__weight={"from": "encoder.weight", "transpose": True}),
            ["input.weight from 'encoder.weight'", "[3, 4], expected [4, 3] (transpose it?)"],
        ),
        (
            network(units=5),
            ["input.weight from 'encoder.weight' has shape [4, 3], expected [5, 3]"],
        ),
        (
            tensors(readout__bias={"from": "head.bias", "scaled": 2}),
            ["mapping.yaml, line", "readout.bias"],
        ),
        (network(levels_half=None), ["saturating_cmru needs levels_half"]),
        (
            tensors(blocks__0__cell__alpha="memory.log_alpha"),
            ["blocks.0.cell.alpha of unit", "is not positive"],
        ),
        (
            tensors(blocks__0__output__bias={"value": "identity"}),
            ["blocks.0.output.bias is no matrix"],
        ),
        (state(torch.tensor([float("nan"), 0.0])), ["readout.bias has NaN"]),
        (state(torch.zeros(2, dtype=torch.complex64)), ["'head.bias' is complex"]),
        (
            lambda shop: shop.mapping.update(prefix="module."),
            ["no tensor whose name begins with 'module.'", "encoder.weight"],
        ),
        (network(classes=["a"]), ["network.classes", "at least 2"]),
    ],
)
def test_what_does_not_fit_is_named(shop, spoil, complaints):
    spoil(shop)
    said = shop.refused()
    for complaint in complaints:
        assert complaint in said


@pytest.mark.parametrize(
    ("name", "shape", "advice"),
    [
        ("norm1.weight", (4,), "a normalisation, which no circuit here can do: fold"),
        ("bn.running_mean", (4,), "a normalisation"),
        ("frontend.weight", (4, 3, 5), "a convolution"),
        ("attn.in_proj_weight", (12, 4), "attention"),
        ("embedding.weight", (9, 4), "an embedding: with inputs of one channel a symbol"),
        ("gru.weight_hh_l0", (12, 4), "a weight from state to candidate"),
        ("memory.weight_g", (4,), "remove_parametrizations"),
        ("shortcut.weight", (4, 4), "a skip: the circuit adds"),
        ("extra.weight", (4, 4), "the network is: input layer, then"),
    ],
)
def test_a_layer_without_a_place_is_named_with_what_would_work(shop, name, shape, advice):
    shop.state[name] = torch.ones(shape)
    shop.state["zz.weight"] = torch.ones(2)
    said = shop.refused()
    layer = name.rpartition(".")[0]
    assert f"the layer '{layer}' ({name} {list(shape)}) has no place in the network" in said
    assert advice in said
    assert "so have zz" in said
    shop.path.unlink()
    shop.mapping["ignored"] += [name, "zz.weight"]
    assert shop.run().exit_code == 0


def test_a_skip_is_checked(shop):
    shop.state["skip"] = torch.eye(4)
    shop.mapping["tensors"]["blocks.0.skip"] = "skip"
    assert shop.run().exit_code == 0
    shop.path.unlink()
    shop.out.unlink()
    shop.state["skip"] = 0.5 * torch.eye(4)
    assert "blocks.0.skip is not the identity: the circuit adds" in shop.refused()
    shop.mapping["tensors"]["blocks.0.skip"] = {"from": "skip", "scale": 2.0}
    assert shop.run().exit_code == 0


@pytest.mark.parametrize(
    ("arrays", "complaint"),
    [
        ({"outputs": None}, "lacks outputs (needs inputs [N, T, C]"),
        (
            {"outputs": np.zeros((12, 6, 2))},
            "outputs [12, 6, 2] do not belong to inputs [12, 7, 3]",
        ),
        ({"outputs": np.zeros((12, 3))}, "the reference has 3 channels and 3 outputs"),
        ({"outputs": np.zeros(12)}, "outputs [12]"),
        ({"outputs": np.full((12, 2), np.nan)}, "outputs are not finite"),
        ({"inputs": np.full((12, 7, 3), np.inf)}, "NaN or infinite"),
        ({"lengths": np.array([9] * 12)}, "length outside 1..7"),
    ],
)
def test_references_that_cannot_be_used(shop, arrays, complaint):
    assert complaint in shop.refused(**arrays)


def test_files_that_cannot_be_read(shop):
    class Code:
        def __reduce__(self):
            return print, ("run",)

    torch.save({"model": Code()}, shop.path)
    assert "could run code and is never loaded" in shop.refused()
    shop.path.write_bytes(b"PK\x03\x04 no archive")
    assert "is damaged" in shop.refused()
    for name, complaint in (
        ("none.pt", "no such file"),
        ("a.txt", "no file of tensors"),
        ("a.npz", "is damaged"),
        ("a.safetensors", "cut short"),
    ):
        path = shop.folder / name
        if not name.startswith("none"):
            path.write_bytes(b"nonsense")
        assert complaint in shop.refused(state=path)
    torch.save({}, shop.path)
    assert "holds no tensor" in shop.refused()
    assert "a tolerance of 0" in shop.refused("--tolerance", 0)


def test_half_precision_and_sparse_tensors_are_numbers_too(tmp_path):
    path = tmp_path / "state.pt"
    sparse = torch.tensor([[0.0, 2.0]]).to_sparse()
    torch.save({"a": torch.tensor([1.5], dtype=torch.bfloat16), "b": sparse}, path)
    state = read_state(path)
    assert state["a"].tolist() == [1.5]
    assert state["b"].tolist() == [[0.0, 2.0]]


def test_baselines_come_in_and_are_said_to_have_no_circuit(shop):
    torch.manual_seed(0)
    gru, encoder, output, head = (
        nn.GRU(4, 4, batch_first=True),
        nn.Linear(3, 4),
        nn.Linear(4, 4),
        nn.Linear(4, 2),
    )
    with torch.no_grad():
        p = encoder(shop.inputs)
        shop.outputs = head((p + output(gru(p.relu())[0])).relu()).numpy()
    named = {"gru": gru, "in": encoder, "out": output, "head": head}
    shop.state = {
        f"{name}.{key}": value
        for name, one in named.items()
        for key, value in one.state_dict().items()
    }
    shop.mapping["network"] |= {"cell": "gru", "levels_half": None, "normalisation": None}
    theirs = {"input": "ih", "state": "hh"}
    shop.mapping["tensors"] = {
        f"{ours}.{part}": f"{name}.{part}"
        for ours, name in (("input", "in"), ("blocks.0.output", "out"), ("readout", "head"))
        for part in ("weight", "bias")
    } | {
        f"blocks.0.cell.{ours}.{part}": f"gru.{part}_{short}_l0"
        for ours, short in theirs.items()
        for part in ("weight", "bias")
    }
    shop.mapping["ignored"] = []
    outcome = shop.run()
    assert outcome.exit_code == 0, outcome.exception
    assert "it cannot become a circuit: its state is continuous" in outcome.stdout


def test_the_schema_is_published(request):
    docs = request.config.rootpath / "docs"
    assert (docs / "mapping.schema.json").read_text() == schema_json(), (
        "run: python scripts/refresh_docs.py"
    )
    TensorMapping.model_validate(MAPPING)

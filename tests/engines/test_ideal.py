"""The ideal engine against the network that was trained."""

import numpy as np
import pytest
import torch

from hwsim.cells.fq_bmru import fq_bmru_states
from hwsim.engines.ideal import IdealEngine
from hwsim.foundation.errors import InputError
from hwsim.training.conversion import checkpoint_network


def torch_logits(checkpoint, sequences):
    inputs = checkpoint.header.normalisation.apply(sequences.values)
    with torch.no_grad():
        mask = torch.from_numpy(sequences.mask)
        return checkpoint_network(checkpoint)(torch.from_numpy(inputs), mask).numpy()


@pytest.mark.parametrize("kind", ["saturating_cmru", "fq_bmru"])
@pytest.mark.parametrize("readout", ["mean", "last"])
@pytest.mark.parametrize("blocks", [1, 2])
def test_its_logits_are_those_of_the_trained_network(
    network, compiled, recordings, kind, readout, blocks
):
    checkpoint = network(kind, channels=3, units=5, classes=4, blocks=blocks, readout=readout)
    sequences = recordings(channels=3, lengths=(12, 30, 1, 21), classes=4, seed=5)
    design = compiled(checkpoint)
    trace = IdealEngine().run(design, sequences)
    # a learned 1 leaves the chip as half a unit current
    learned = trace.logits(design.readout) / (0.5 * design.operating.unit_current)
    np.testing.assert_allclose(learned, torch_logits(checkpoint, sequences), atol=1e-5)
    states = trace.stages["cells_1"].state
    assert len(np.unique(states[trace.mask])) >= 2, "the test must move the cells"


def test_its_currents_lie_on_the_scale_of_the_circuit(network, compiled, recordings):
    checkpoint = network("fq_bmru", units=3)
    sequences = recordings()
    design = compiled(checkpoint)
    trace = IdealEngine().run(design, sequences)
    tensors = checkpoint.tensors
    x = checkpoint.header.normalisation.apply(sequences.values)
    p = x @ tensors["input.weight"].T + tensors["input.bias"]
    c = np.maximum(p, 0) @ tensors["blocks.0.candidate.weight"].T
    c += tensors["blocks.0.candidate.bias"]
    np.testing.assert_allclose(trace.stages["input"].current, x * 1e-9)
    np.testing.assert_allclose(trace.stages["hidden"].current, p * 1e-9)
    scale = np.array(design.cells[0].row_scale)
    rectified = np.maximum(c, 0)  # a diode in front of the cell takes no current backwards
    np.testing.assert_allclose(trace.stages["cells_1"].current, rectified * scale * 1e-9)
    beta, low = tensors["blocks.0.cell.beta"], tensors["blocks.0.cell.beta_low"]
    np.testing.assert_array_equal(
        trace.stages["cells_1"].state, fq_bmru_states(rectified, beta, low)
    )
    assert trace.supply_current == {}
    assert trace.stages["hidden"].state is None


def test_data_of_other_channels_is_refused(network, compiled, recordings):
    with pytest.raises(InputError, match="the data has 3 channels, the network 2 inputs"):
        IdealEngine().run(compiled(network()), recordings(channels=3))

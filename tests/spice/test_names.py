"""The library's and the raw file's spelling of a name become the same."""

import pytest

from hwsim.spice.names import number_plots, plot_kind, vector_name


@pytest.mark.parametrize(
    ("shared", "raw", "kind", "name"),
    [
        ("time", "time", "tran", "time"),
        ("V(1)", "v(1)", "tran", "v(1)"),
        ("Out", "v(out)", "op", "v(out)"),
        ("x1.net_1", "v(x1.net_1)", "dc", "v(x1.net_1)"),
        ("vdd#branch", "i(vdd)", "tran", "i(vdd)"),
        ("v.x1.vq#branch", "i(v.x1.vq)", "ac", "i(v.x1.vq)"),
        ("@m.x1.m1[id]", "i(@m.x1.m1[id])", "tran", "@m.x1.m1[id]"),
        ("@m1[vth]", "v(@m1[vth])", "op", "@m1[vth]"),
        ("v-sweep", "v(v-sweep)", "dc", "v-sweep"),
        ("onoise_total", "v(onoise_total)", "noise", "onoise_total"),
        ("Transfer_function", "Transfer_function", "tf", "transfer_function"),
    ],
)
def test_vectors(shared, raw, kind, name):
    assert vector_name(shared, kind) == name
    assert vector_name(raw, kind) == name


@pytest.mark.parametrize(
    ("shared", "raw", "kind"),
    [
        ("tran12", "Transient Analysis", "tran"),
        ("op1", "Operating Point", "op"),
        ("dc3", "DC transfer characteristic", "dc"),
        ("ac1", "AC Analysis", "ac"),
        ("noise1", "Noise Spectral Density Curves", "noise"),
        ("noise2", "Integrated Noise", "noise"),
    ],
)
def test_plots(shared, raw, kind):
    assert plot_kind(shared) == plot_kind(raw) == kind


def test_plots_of_a_kind_are_numbered_from_the_second_on():
    kinds = ["noise", "tran", "noise", "tran", "noise"]
    assert number_plots(kinds) == ["noise", "tran", "noise2", "tran2", "noise3"]

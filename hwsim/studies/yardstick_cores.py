"""Published energies of digital hardware, and the cores that are assumed from them."""

from __future__ import annotations

from hwsim.studies.yardstick import DigitalCore

HOROWITZ = (
    "M. Horowitz, Computing's energy problem (and what we can do about it), ISSCC 2014, "
    "pp. 10-14: 45 nm, 0.9 V"
)
PONS = (
    "M. Pons et al., A 0.5 V 2.5 uW/MHz microcontroller with analog-assisted adaptive body bias "
    "PVT compensation with 3.13 nW/kB SRAM retention in 55 nm deeply-depleted channel CMOS"
)
HANSON = (
    "S. Hanson et al., A low-voltage processor for sensing applications with picowatt standby "
    "mode, IEEE JSSC 44(4), 2009, p. 1145: 180 nm"
)

MULTIPLY_8, MULTIPLY_32 = 0.2e-12, 3.1e-12
ADD_32 = 0.1e-12
READ_8_KB = 10e-12
"""J: integers of 8 and 32 bits, and a read of 64 bits from 8 KB of SRAM (Horowitz)."""

CORE_CYCLE, MEMORY_CYCLE = 2.56e-12, 2.5e-12
"""J: 2.56 uW/MHz of a 32-bit RISC core and 2.5 uW/MHz of its SRAM at 0.5 V (Pons)."""

RETENTION_PER_KB = 3.13e-9
"""W per KB of SRAM that keeps its content (Pons)."""

STANDBY = 35.4e-12
"""W of a whole processor in standby (Hanson)."""

MEMORY_KB = 8
"""The memory whose energy Horowitz gives; the networks here need less than 1 KB of it."""

CYCLES_A_PRODUCT, CYCLES_OTHERWISE = 6, 3
"""Of a plain 32-bit core: two loads, multiply, add, pointer, loop; load, operation, store."""

LOW = DigitalCore(
    name="datapath, low",
    multiplication=MULTIPLY_8,
    addition=ADD_32,
    comparison=ADD_32,
    access=READ_8_KB,
    parameters_an_access=8,
    fetches_operands=False,
    accesses_a_state=0,
    idle=STANDBY,
    assumptions=(
        "a datapath for this network alone, no instructions, no control, no clock tree",
        "8-bit products 0.2 pJ, 32-bit sums and comparisons 0.1 pJ; one 64-bit read of 8 KB SRAM, "
        "10 pJ, brings 8 parameters; signals and states stay in registers for nothing "
        f"[{HOROWITZ}]",
        f"between steps as little as a processor in standby, 35.4 pW [{HANSON}]",
    ),
)
"""Kind to the digital core in everything."""

HIGH = DigitalCore(
    name="datapath, high",
    multiplication=MULTIPLY_32,
    addition=ADD_32,
    comparison=ADD_32,
    access=READ_8_KB,
    parameters_an_access=1,
    fetches_operands=True,
    accesses_a_state=2,
    idle=MEMORY_KB * RETENTION_PER_KB,
    assumptions=(
        "a datapath of 32 bits that fetches every number by itself, no instructions, no clock tree",
        "products 3.1 pJ, sums and comparisons 0.1 pJ, an access to 8 KB SRAM 10 pJ for each "
        f"parameter and each input of a product [{HOROWITZ}]",
        "a state is read and written with an access each",
        f"between steps 8 KB of SRAM keep the parameters, 3.13 nW/KB [{PONS}]",
    ),
)
"""Plain, but still without instructions."""

MICROCONTROLLER = DigitalCore(
    name="microcontroller",
    multiplication=(CYCLES_A_PRODUCT - CYCLES_OTHERWISE) * (CORE_CYCLE + MEMORY_CYCLE),
    addition=CYCLES_OTHERWISE * (CORE_CYCLE + MEMORY_CYCLE),
    comparison=CYCLES_OTHERWISE * (CORE_CYCLE + MEMORY_CYCLE),
    access=0.0,
    parameters_an_access=1,
    fetches_operands=False,
    accesses_a_state=0,
    idle=MEMORY_KB * RETENTION_PER_KB,
    assumptions=(
        "a 32-bit RISC core at 2.56 pJ and its SRAM at 2.5 pJ a cycle, 0.5 V, near its threshold "
        f"[{PONS}]",
        f"{CYCLES_A_PRODUCT} cycles for a product that is added, {CYCLES_OTHERWISE} for any other "
        "sum or comparison, loads and stores among them",
        "between steps 8 KB of SRAM keep program and parameters, 3.13 nW/KB; waking up is free "
        f"[{PONS}]",
    ),
)
"""Programmable."""

CORES = (LOW, HIGH, MICROCONTROLLER)

COMMON = (
    "the digital core computes the network as it was trained, with every weight that is not 0",
    "it gets one input a step, as often as the chip, and inputs are digital already: no converter "
    "is counted on either side",
    "nodes and voltages are as published and are not scaled to that of the chip",
    "of the chip: all that its supply delivers; not its clock drivers and the sources of its "
    "input currents",
)
"""Assumptions that all cores share."""

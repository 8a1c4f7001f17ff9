"""Technologies, circuit templates and the writer from a design to a netlist."""

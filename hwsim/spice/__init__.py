"""ngspice through PySpice: deck in, arrays out, typed errors."""

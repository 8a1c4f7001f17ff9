"""hwsim: from a trained hysteretic recurrent network to a transistor-level verdict."""

__version__ = "0.1.0"

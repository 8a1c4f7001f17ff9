"""How results look: tables and pictures."""

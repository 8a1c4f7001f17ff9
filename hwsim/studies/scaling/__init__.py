"""How power grows with the width and the depth of a network."""

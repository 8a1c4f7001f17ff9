"""Real chips: every transistor with its own deviation, and what a network becomes by them."""

"""How files are read within limits, and replaced as a whole."""

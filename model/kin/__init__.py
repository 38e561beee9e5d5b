"""How alike deployments are, and what the rows of some say of others."""

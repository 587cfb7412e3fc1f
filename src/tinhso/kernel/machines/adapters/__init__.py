"""The receivers of others: over the network in production, a simulator everywhere else."""

"""Calls to machines of others over the network: one way for tellings, text messages and pushes."""

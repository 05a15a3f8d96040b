"""Connectors: how files come from the network into the inbox. They land bytes and interpret nothing."""

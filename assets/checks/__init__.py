"""Checks that no row contract can say: what should have arrived, and whether it agrees with itself."""

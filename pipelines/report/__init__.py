"""The page for whoever looks once a morning: one HTML file that needs nothing else."""

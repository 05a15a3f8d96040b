"""A page in the browser that goes from a published figure down to the rows behind it. It reads the published file and nothing else."""

"""Settings of the Superset that `trial.py` starts; what it needs for the published DuckDB file is the line about connections."""

import os

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_METADATA_URI"]
# Superset refuses DuckDB otherwise, since such an address names a file of the server. Who may add databases can read any of them.
PREVENT_UNSAFE_DB_CONNECTIONS = False
# On one machine and for a few minutes: over a network leave this on, behind TLS.
TALISMAN_ENABLED = False
# All charts of a dashboard are drawn at once, for its picture.
FEATURE_FLAGS = {"DASHBOARD_VIRTUALIZATION": False}

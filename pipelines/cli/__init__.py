"""The command line. `app` says which commands there are; heavy libraries are imported when a command runs."""

"""The house: what ``manage.py`` needs before and around the project: its venv, its tools, its one test run."""

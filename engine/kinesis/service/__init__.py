"""Kinesis Data Streams as a pure model: calls in, answers and what is to be done to the log out (account.py)."""

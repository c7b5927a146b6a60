"""Kinesis on the web: the console's pages, and AWS requests over HTTP."""

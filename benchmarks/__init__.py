"""How fast it is, measured side by side with others in one run. Each file says what it measures and how to start it."""

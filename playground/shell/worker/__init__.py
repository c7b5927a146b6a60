"""One process that runs lines, one at a time. ``main`` is its program; ``guard`` what it may not do."""

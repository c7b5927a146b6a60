"""A partition's log on a broker's disk: files, segments, epochs, producer state, recovery."""

"""Where the engine meets the world outside: sockets, clocks, files and processes live here and nowhere else."""

"""Consumer groups: the classic protocol's coordinator, offsets, and the assignors that its members use."""

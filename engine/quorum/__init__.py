"""The controller: decisions as records, folded into a metadata image that every node holds a copy of."""

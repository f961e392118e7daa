"""Tables of layers, stages and networks: columns, rows, and the formats they are written in."""

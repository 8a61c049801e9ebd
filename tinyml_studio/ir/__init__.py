"""The float network, frozen: graph, nodes, operators, shapes, validation."""

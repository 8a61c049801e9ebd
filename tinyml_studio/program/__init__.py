"""The integer network, frozen: instructions, tensors, constants, arena plan."""

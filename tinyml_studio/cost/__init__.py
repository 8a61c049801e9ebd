"""What a network takes on a chip: flash, RAM, instructions, time, energy."""

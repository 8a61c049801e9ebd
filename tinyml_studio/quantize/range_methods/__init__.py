"""The range methods, one file each: how much of what was seen a grid covers."""

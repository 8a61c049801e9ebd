"""One file per instruction: which kernel it calls, with which parameters."""

"""Qt item models over the view states."""

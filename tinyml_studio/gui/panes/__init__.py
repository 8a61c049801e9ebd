"""One file for each pane: its view, the state that it is told, and what its intentions do."""

"""Building blocks of the views, and the wrappers around pyqtgraph."""

"""Run a Program, keep a Trace, measure its error."""

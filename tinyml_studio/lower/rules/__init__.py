"""One rule per operator: how it becomes integer instructions."""

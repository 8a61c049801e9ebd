"""Graph, statistics and Scheme to Program: one rule per operator."""

"""Graph to Graph: each pass removes one thing that need not be there."""

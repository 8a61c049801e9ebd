"""Views: told what to show, tell what the person wants; they never import each other."""

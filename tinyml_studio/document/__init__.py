"""What is saved and undone: Document, history, project file."""

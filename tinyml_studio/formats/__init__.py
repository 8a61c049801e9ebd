"""The only readers and writers of model files."""

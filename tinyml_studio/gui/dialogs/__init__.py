"""Dialogs: export, data, errors."""

"""Chips and cores as data: one TOML file each, bundled or the user's own."""

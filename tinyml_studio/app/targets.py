"""Targets as the window and the command line see them."""

from __future__ import annotations

from tinyml_studio.targets.library import find_target, lasting_name, targets
from tinyml_studio.targets.target import Target

__all__ = ["Target", "find_target", "lasting_name", "targets"]

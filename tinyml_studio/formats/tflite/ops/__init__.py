"""One converter per TFLite operator."""

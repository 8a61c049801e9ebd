"""TensorFlow Lite: a bounds-checked flatbuffer, its schema, and one converter per operator."""

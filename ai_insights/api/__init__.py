"""What is said of a plant, over the wire."""

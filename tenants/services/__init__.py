"""What is done to plants, people and keys, each in a module of its own."""

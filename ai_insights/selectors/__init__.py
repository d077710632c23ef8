"""What is asked of a plant before anything is said of it."""

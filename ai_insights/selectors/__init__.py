"""What the insights are made from, and which ones there are."""

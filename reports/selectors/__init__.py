"""What reports there are, when the next is due, and which days a plant has ended."""

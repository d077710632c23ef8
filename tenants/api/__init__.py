"""The doors of people, keys and plants, and what every door of the API has in common."""

"""What the system would have said in the past, by the code that serves."""

"""Words that rest on numbered facts: what a fact is, what may be said of it, and the proof."""

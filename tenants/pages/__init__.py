"""The pages of people: a plant's members, tokens and audit log, and everybody's own profile."""

"""Restrictions of law and of the neighbourhood, and what they say of a volume before anybody decides on it."""

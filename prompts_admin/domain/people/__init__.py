"""Rules of people: addresses and names, passwords, grants and what each role permits.

Sessions, tokens and links are rows with a life of their own: they live in `services/people`.
"""

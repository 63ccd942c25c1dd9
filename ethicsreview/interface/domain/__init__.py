"""The arithmetic of a door for programs: scopes, secrets, marks of versions, keys of repeated calls."""

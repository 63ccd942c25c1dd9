"""Users, organisations, memberships."""

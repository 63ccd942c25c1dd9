"""Rules of instruments as arithmetic on values: no Django, no database, no clock."""

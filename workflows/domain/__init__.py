"""Rules of procedure as functions on values: no Django, no database, no clock."""

"""The project: settings, ground rooms and the roof."""

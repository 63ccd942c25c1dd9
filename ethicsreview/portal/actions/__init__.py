"""What a person changes at the roof."""

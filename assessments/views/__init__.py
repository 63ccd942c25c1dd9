"""The pages of an enterprise's own assessment."""

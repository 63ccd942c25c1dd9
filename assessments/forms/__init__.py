"""What people of an enterprise type."""

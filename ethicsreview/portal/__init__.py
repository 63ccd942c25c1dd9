"""What a person sees across both halves."""

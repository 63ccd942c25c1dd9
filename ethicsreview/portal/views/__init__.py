"""What a person sees across both halves: home, search, health, and the regulator's desk."""

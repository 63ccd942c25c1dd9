"""What people decide by procedure: committees, cases, meetings, votes, decisions."""

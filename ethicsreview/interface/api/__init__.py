"""The door for programs: authentication, problem details, pages, versions, repeated calls, and its schema."""

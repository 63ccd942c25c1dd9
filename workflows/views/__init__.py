"""Pages of the procedure: fetch and authorise, form, one call, response."""

"""What a task carries: facts to template to PDF to signature to register."""

"""An enterprise's own assessments for programs."""

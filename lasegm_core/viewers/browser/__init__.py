"""What is drawn in the browser: widgets with their code, and pages that need no kernel."""

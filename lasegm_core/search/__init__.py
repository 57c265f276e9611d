"""The search for an architecture for a device and a camera (paper 004, section 3.2)."""

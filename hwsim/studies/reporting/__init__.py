"""What a report tells of an export: what is known, what is cheap to compute, what was not run."""

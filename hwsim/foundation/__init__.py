"""What every room stands on: errors, quantities with units, files, hashes."""

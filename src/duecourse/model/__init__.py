"""The law as a value and as one table: reading, compiling, the live case."""

"""The calls, a file for each group: parse, one use case, render."""

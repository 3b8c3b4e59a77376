"""The pool: SQLite through sqlite-utils. The only package that knows SQL."""

"""The app: widgets in, plain data out; every panel is one call of the library."""

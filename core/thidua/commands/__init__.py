"""The commands of the shell, a file per kind of work. Each module offers ``COMMANDS``."""

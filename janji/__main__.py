"""`python -m janji` is the command `janji`."""

from janji.cli import main

if __name__ == "__main__":
    main()

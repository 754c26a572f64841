"""The one exception by which deployment code tells a person what is wrong."""


class CannotStart(Exception):
    """One line for the person at the terminal: what is wrong, and the remedy."""

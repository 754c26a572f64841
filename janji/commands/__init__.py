"""The commands of `janji`, a module each; `janji/cli.py` names them all."""

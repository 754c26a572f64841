"""What every HTTP surface of Janji shares.

Order of reading: `app.py` (what a service's surface is made of), `problems.py` and its catalogue
(how things go wrong), `auth.py` (who calls), `commands.py` (what a command's headers ask),
`health.py`, `server.py` (the process). `page/` is the shell of all pages.
"""

"""How cases are met over HTTP: the callers, bodies and answers of both services, and their pages.

In order of reading: `http` (callers, bodies, problems), `responses` (JSON), `clock_page` and
`wall_calendar` (the clock as a page), `office_routes` (agencies and staff), `complaint_form` (the
form whose fields the projections link to). No rule of the domain may come in.
"""

"""Cases over HTTP: the callers, bodies and answers of both services, and the pages on a case.

In order of reading: `http` (callers, bodies, problems), `catalogue` (a command and its route),
`responses` (JSON), `clock_page` and `wall_calendar` (the clock as a page), `office_routes` (the
agencies and the staff), `readings` (who read personal data), `complaint_form` (the form that two
services share). No rule of the domain may come in.
"""

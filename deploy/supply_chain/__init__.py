"""The gate on known vulnerabilities of the packages that Janji is made of."""

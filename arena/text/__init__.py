"""Learner-facing texts: message ids with parameters, in English and Bengali (gettext catalogues under ``locale/``)."""

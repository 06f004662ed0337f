"""Tidy frames -> a static site: an index of problems and a page per problem, and their charts.

Importing this is cheap: pandas, Altair, Jinja and vl-convert are loaded when a site is written.
"""

from harness.report.site import write_site

__all__ = ["write_site"]

"""How Sphinx builds these pages: MyST in, furo out, nothing fetched from elsewhere."""

from importlib.metadata import version as installed_version

project = "hustings"
author = "The hustings contributors"
project_copyright = "2026, The hustings contributors"
release = version = installed_version("hustings")

extensions = ["myst_parser", "sphinx_click"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"hustings {version}"
html_copy_source = False
html_show_sourcelink = False

"""How Sphinx builds these pages: MyST in, furo out, nothing fetched from elsewhere."""

from importlib.metadata import version as installed_version

project = "hustings"
author = "The hustings contributors"
project_copyright = "2026, The hustings contributors"
release = version = installed_version("hustings")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# A docstring's first line is its summary, and names stand in single backticks.
default_role = "code"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"hustings {version}"
html_copy_source = False
html_show_sourcelink = False

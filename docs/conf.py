from importlib.metadata import version as installed

project = "duecourse"
author = "duecourse contributors"
project_copyright = "2026, duecourse contributors"
version = release = installed("duecourse")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"duecourse {version}"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"

# Every reference to the project itself must resolve. What lies outside it cannot: the pages are
# built without a network, so there is no intersphinx.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!duecourse\.).*")]

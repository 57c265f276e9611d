"""Sphinx: the pages of this folder, the notebooks as they are committed, and the API."""

project = "lasegm"
author = "The lasegm-core maintainers"
copyright = author
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
templates_path = ["_templates"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # pages ask no other host
# Without it widgets stay empty: their still pictures are shown.
nb_mime_priority_overrides = [("*", "application/vnd.jupyter.widget-view+json", None)]

autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # they stand in the signatures
napoleon_use_ivar = True  # attributes once, not again as members
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_title = "lasegm"
html_favicon = "icon.svg"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_context = {"default_mode": "auto"}
html_theme_options = {
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "collapse_navigation": True,  # else each page lists all modules beside it
    "show_toc_level": 2,
}

"""A report as HTML: a page that needs nothing else, or a piece of one."""

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from hustings.results.report import Heading, Picture, Report, Sentence, Table

STYLE = """
.hustings { font: 1rem/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem }
.hustings .lead { font-size: 1.25rem; font-weight: 600 }
.hustings .warning { border-left: .3rem solid #d55e00; padding-left: .7rem }
.hustings .scroll { overflow-x: auto }
.hustings table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: auto }
.hustings caption { text-align: left; font-weight: 600; padding: .3rem 0 }
.hustings table { font-size: .9rem }
.hustings th, .hustings td { padding: .2rem .45rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
.hustings th { vertical-align: bottom }
.hustings th:first-child { text-align: left }
.hustings svg { max-width: 40rem; width: 100%; height: auto }
"""

BODY = """
<h1>{{ report.title }}</h1>
{% for block in blocks %}
{% if block.kind == "heading" %}<h2>{{ block.of.text }}</h2>
{% elif block.kind == "sentence" %}<p class="{{ block.of.tone }}">{{ block.of.text }}</p>
{% elif block.kind == "picture" %}<div class="picture">{{ block.svg }}</div>
{% else %}<div class="scroll" tabindex="0" role="region" aria-label="{{ block.of.caption }}">
<table><caption>{{ block.of.caption }}</caption>
<thead><tr>{% for cell in block.of.header %}<th scope="col">
{%- for line in cell.split("\n") %}{{ line }}{% if not loop.last %}<br>{% endif %}{% endfor -%}
</th>{% endfor %}</tr></thead>
<tbody>{% for row in block.of.rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{%- endfor %}
</tbody></table></div>
{% endif %}{% endfor %}
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ report.title }}</title>
<style>{{ style }}</style>
</head>
<body><main class="hustings">{{ body }}</main></body>
</html>
"""

_KINDS = {Heading: "heading", Sentence: "sentence", Table: "table", Picture: "picture"}
_JINJA = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def piece(report: Report) -> str:
    """The report as a piece of a page, with its own style, for a notebook."""
    return f'<style>{STYLE}</style><div class="hustings">{_body(report)}</div>'


def page(report: Report) -> str:
    """The report as a whole page that fetches nothing."""
    page = _JINJA.from_string(PAGE)
    return page.render(report=report, style=Markup(STYLE), body=_body(report)) + "\n"


def _body(report: Report) -> Markup:
    blocks = [
        {
            "kind": _KINDS[type(block)],
            "of": block,
            # The drawing escapes what it was given, and is markup on purpose.
            "svg": Markup(block.svg) if isinstance(block, Picture) else "",
        }
        for block in report.blocks
    ]
    return Markup(_JINJA.from_string(BODY).render(report=report, blocks=blocks))

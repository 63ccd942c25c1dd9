"""``{% chart drawn %}`` in a page, ``{% chart_print drawn %}`` in a report."""

from django import template

from ethicsreview.charts.domain import Chart

SHARES = {1: "w50", 2: "w30", 3: "w20", 4: "w15", 5: "w12", 6: "w10"}  # print.css: a column's width, by their number

register = template.Library()


@register.inclusion_tag("charts/figure.html")
def chart(drawn: Chart, caption: str = "") -> dict[str, object]:
    """The drawing, with its table folded away below."""
    return {"chart": drawn, "caption": caption}


@register.inclusion_tag("charts/print.html")
def chart_print(drawn: Chart, caption: str = "") -> dict[str, object]:
    """The drawing with its table in the open: paper has no fold."""
    figures = len(drawn.table.heads) - 1
    widths = ["", *[SHARES.get(figures, "w8")] * figures] if drawn.table.numeric else ["w15", "", "w12", "w25"]
    return {"chart": drawn, "caption": caption, "widths": widths}

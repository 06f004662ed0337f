"""What tests of charts in a browser ask of a page: to draw one, and what is seen of it."""

PROFILE, CURVE, TIMES = "#chart-made-up-profile", "#chart-made-up-curve", "#chart-made-up-times"
RANKS, WINS = "#chart-made-up-ranks", "#chart-made-up-wins"


def draw(page, name):
    """Scroll to a chart, wait until it is drawn, and return it."""
    figure = page.locator(name)
    figure.scroll_into_view_if_needed()
    figure.locator(".plot[data-drawn] :is(svg, canvas)").first.wait_for()
    return figure


def changed(page, name, before):
    """Wait until the drawing is another."""
    page.wait_for_function(
        "([name, before]) => document.querySelector(`${name} svg`)?.innerHTML != before",
        arg=[name, before],
    )


def drawing(figure):
    return figure.locator("svg").first.inner_html()


def ticks(figure):
    """The texts of the chart."""
    return sorted(figure.locator("svg text").all_text_contents())


def middle(figure):
    box = figure.locator("svg, canvas").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

"""A card that says why it is not another one."""

from web.cards.options import Options
from web.cards.shapes import Drawing, Shape, Text
from web.cards.text import clean, fit, measure

PAD, LINE, SIZE = 20, 18, 13
MOST_LINES = 12


def draw_notice(title: str, sentence: str, options: Options) -> Drawing:
    """The drawing of a title, and of a sentence or two below it."""
    room = options.width - 2 * PAD
    shapes: list[Shape] = [Text(PAD, 34, fit(title, room, 15, bold=True), 15, bold=True)]
    y = 58.0
    for line in wrap(sentence, room)[:MOST_LINES]:
        shapes.append(Text(PAD, y, fit(line, room, SIZE), SIZE, "muted"))
        y += LINE
    return Drawing(options.width, y + 4, tuple(shapes), f"{title}: {clean(sentence)}")


def wrap(text: str, width: float) -> list[str]:
    """A text in lines of at most so many px; a word that is longer is one by itself."""
    lines: list[str] = []
    for word in clean(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, SIZE) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

"""What the tests see of a page."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """What a page shows, where its links lead, and its examples by language."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids, self.tags, self.shown = [], [], [], ""
        self.examples, self._language = [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if tag == "a" else []
        if "data-language" in attributes:
            self._language = attributes["data-language"]
            self.examples.append((self._language, ""))

    def handle_endtag(self, tag):
        if tag == "pre":
            self._language = None

    def handle_data(self, data):
        self.shown += f" {data}"
        if self._language:
            self.examples[-1] = (self._language, self.examples[-1][1] + data)


def read_pages(client):
    """The pages of the reference by the last part of their address, in the order in which they are listed."""
    first = Page(client.get("/docs").text)
    slugs = [link.removeprefix("/docs/") for link in first.links if link.startswith("/docs/") and "#" not in link]
    return {slug: Page(client.get(f"/docs/{slug}").text) for slug in dict.fromkeys(slugs) if slug != "commands"}

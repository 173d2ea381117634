"""A proxied message as a page that looks like a chat: what was written, and what everybody reads a moment later."""

from dataclasses import asdict, dataclass

from markupsafe import Markup

PAGE = Markup("""<!doctype html><html lang="en"><meta charset="utf-8"><title>A proxied message</title>
<style>
body {{ margin: 0; width: 480px; font: 16px/1.45 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }}
main {{ padding: 18px 22px; color: #1a1a24; background: #ffffff; border: 1px solid #d6d6e2; border-radius: 14px; }}
h1 {{ margin: 0 0 12px; padding-bottom: 10px; border-bottom: 1px solid #d6d6e2; font-size: 17px; }}
h2 {{ margin: 12px 0 6px; color: #585868; font-size: 13px; font-weight: 600; }}
article {{ display: flex; gap: 12px; align-items: center; }}
img {{ flex: none; width: 42px; height: 42px; border-radius: 50%; background: #4353cc; }}
p {{ margin: 0; }}
small {{ padding: 1px 6px; border-radius: 4px; background: #4353cc; color: #fff; font-size: 11px; font-weight: 600; }}
.gone {{ opacity: .62; }}
.gone p {{ text-decoration: line-through; }}
</style>
<main><h1># {channel}</h1>
<h2>{writer} writes …</h2>
<article class="gone"><img src="{face}" alt=""><div><b>{writer}</b><p>{written}</p></div></article>
<h2>… and everybody reads</h2>
<article><img src="{avatar_url}" alt=""><div><b>{name}</b> <small>APP</small><p>{read}</p></div></article>
</main></html>""")


@dataclass(frozen=True)
class Proxied:
    """A message and its copy, as the simulated Discord keeps them."""

    channel: str
    writer: str
    face: str
    written: str
    name: str
    avatar_url: str
    read: str


def draw(proxied: Proxied) -> str:
    """The page, whose `main` is the picture."""
    return PAGE.format(**asdict(proxied))

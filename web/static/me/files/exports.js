// One's own system as a file, in the formats that other programs read.
import { readRefusal, send } from "../api.js";
import { button, el, tell } from "../dom.js";
import { getToken } from "../session.js";

const FORMATS = [
    ["pluralkit", "PluralKit's file", "Everything that PluralKit knows; both of us read it."],
    ["pluralport", "PluralPort's bundle", "Everything, with pictures and what is kept aside, for other trackers."],
    ["csv", "A table", "Who fronted when, for a spreadsheet."],
    ["ics", "A calendar", "Who fronted when, for a calendar."],
];
// A browser begins to read it after the click.
const READ_WITHIN_MS = 60_000;

/** A button for each format. */
export const exportsPart = () => el("div", { id: "exports" },
    el("h3", { textContent: "Take it with you" }),
    el("p", { className: "hint", textContent: "The files hold what is private, too: keep them to yourself." }),
    el("ul", { className: "plain" }, ...FORMATS.map(([format, label, hint]) => el("li", {},
        button(label, () => save(format)), " ", el("span", { className: "hint", textContent: hint })))));

async function save(format) {
    const path = `/v2/systems/@me/export?format=${format}`;
    const answer = await send("GET", path, getToken());
    if (!answer.ok) throw await readRefusal(answer, path);
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))[1];
    const href = URL.createObjectURL(await answer.blob());
    const link = el("a", { href, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(href), READ_WITHIN_MS);
    tell(`${name} is saved.`);
}

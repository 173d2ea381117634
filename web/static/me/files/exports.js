// One's own system as a file, in the formats that other programs read.
import { readRefusal, send } from "../api.js";
import { button, el } from "../dom.js";
import { getToken } from "../session.js";
import { saveFile } from "./saving.js";

const FORMATS = [
    ["pluralkit", "PluralKit's file", "Everything that PluralKit knows; both of us read it."],
    ["pluralport", "PluralPort's bundle", "Everything, with pictures and what is kept aside, for other trackers."],
    ["csv", "A table", "Who fronted when, for a spreadsheet."],
    ["ics", "A calendar", "Who fronted when, for a calendar."],
];

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
    saveFile(name, await answer.blob());
}

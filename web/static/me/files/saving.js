// Handing somebody a file that is here already.
import { el, tell } from "../dom.js";

// A browser begins to read it after the click.
const READ_WITHIN_MS = 60_000;

export function saveFile(name, blob) {
    const href = URL.createObjectURL(blob);
    const link = el("a", { href, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(href), READ_WITHIN_MS);
    tell(`${name} is saved.`);
}

// Files of other apps: what one would change, what is wanted of it, importing it, and taking it back.
import { ROOT, Refusal, ask } from "./api.js";
import { button, el, tell, time } from "./dom.js";
import { getToken } from "./session.js";
import { drop } from "./store.js";

const PATH = "/user/@me/imports";
const MOST_BYTES = 32 * 1024 * 1024;
let page;

export async function show(body) {
    page ??= new ImportPage();
    body.replaceChildren(page.element);
    await page.load();
}

class ImportPage {
    constructor() {
        this.field = el("input", { type: "file", id: "import-file", onchange: () => this.take(this.field.files) });
        this.bar = el("progress", { max: 1, "aria-label": "How far it is" });
        this.bar.hidden = true;
        this.plan = el("div", { role: "status" });
        this.past = el("div");
        const area = el("div", { className: "card drop" },
            el("label", { htmlFor: this.field.id, textContent: "A file of another app" }), this.field,
            el("p", { className: "hint", textContent: "Choose it, or drop it here. Several that belong together go into one zip archive. Nothing changes before you say so." }));
        area.addEventListener("dragover", event => this.mark(event, area, true));
        area.addEventListener("dragleave", event => this.mark(event, area, false));
        area.addEventListener("drop", event => {
            this.mark(event, area, false);
            this.take(event.dataTransfer.files);
        });
        this.element = el("div", {}, area, this.bar, this.plan, this.past);
    }

    mark(event, area, isOver) {
        event.preventDefault();
        area.classList.toggle("over", isOver);
    }

    /** What was imported, the last first. */
    async load() {
        const found = await ask("GET", PATH);
        this.past.replaceChildren(...found.length ? [el("h3", { textContent: "Your imports" }), el("ul", {}, found.reverse().map(one => this.row(one)))] : []);
    }

    row(one) {
        const kept = Object.values(one.kept).reduce((sum, number) => sum + number, 0);
        const undo = button("Take it back", async () => {
            if (!confirm("Take this import back? What you edited or used since stays.")) return;
            await this.finish(await ask("DELETE", `${PATH}/${one.number}`));
        });
        return el("li", {}, `${one.app}, `, time(one.at), `: ${one.counts.new ?? 0} members, ${one.counts.switches ?? 0} switches, ${kept} kept aside. `, one.canBeUndone ? undo : null);
    }

    async take(files) {
        const [file, ...others] = files;
        this.plan.replaceChildren();
        if (!file) return;
        if (others.length) return tell("One file at a time; put several into one zip archive.", { bad: true });
        if (file.size > MOST_BYTES) return tell("The file is too large: at most 32 MiB.", { bad: true });
        await this.ask(file, {});
    }

    /** Show what a file would change where it is read with these choices. */
    async ask(file, chosen) {
        const plan = await this.send(file, chosen);
        if (!plan) return;
        const boxes = Object.entries(plan.offers).map(([name, text]) => option("checkbox", name, text, false));
        const ways = Object.entries(plan.switches).map(([way, text], number) => option("radio", way, text, number === 0));
        const picked = () => ({
            ...chosen,
            ...Object.fromEntries(boxes.filter(one => one.input.checked).map(one => [one.input.value, true])),
            ...Object.fromEntries(ways.filter(one => one.input.checked).map(one => ["switches", one.input.value])),
        });
        const run = async () => {
            const wanted = picked();
            const isRead = ["adds_unknown", "takes_birthdays"].every(name => !wanted[name] || chosen[name]);
            // What is read otherwise is told first.
            if (!isRead) return this.ask(file, { adds_unknown: wanted.adds_unknown, takes_birthdays: wanted.takes_birthdays });
            const done = await this.send(file, { ...wanted, apply: true });
            if (done) await this.finish(done);
        };
        const has = plan.changes || boxes.length;
        this.plan.replaceChildren(
            el("h3", { tabIndex: -1, textContent: "What the file would change" }),
            el("ul", {}, plan.sentences.map(sentence => el("li", { textContent: sentence }))),
            ...boxes.length ? [el("fieldset", {}, el("legend", { textContent: "What else is wanted" }), boxes.map(one => one.row))] : [],
            ...ways.length ? [el("fieldset", {}, el("legend", { textContent: "Which switches" }), ways.map(one => one.row))] : [],
            ...has ? [button("Import it", run, { className: "" })] : [],
        );
        this.plan.querySelector("h3").focus();
    }

    async finish(done) {
        drop();
        this.field.value = "";
        this.plan.replaceChildren(el("ul", {}, done.sentences.map(sentence => el("li", { textContent: sentence }))));
        await this.load();
    }

    /** The answer to a file; null where it was refused, which is told. */
    async send(file, chosen) {
        const query = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value).map(([name, value]) => [name, String(value)]));
        this.bar.hidden = false;
        try {
            return await upload(`${ROOT}${PATH}?${query}`, file, share => {
                // Once all is sent, nobody says how far it is.
                if (share < 1) this.bar.value = share;
                else this.bar.removeAttribute("value");
            });
        } catch (refusal) {
            tell(refusal.message, { bad: true });
            return null;
        } finally {
            this.bar.hidden = true;
        }
    }
}

function option(type, value, text, checked) {
    const input = el("input", { type, name: "import-option", value, checked });
    return { input, row: el("label", { className: "row" }, input, text) };
}

/** Fetch cannot tell how much of a body is sent. */
function upload(url, file, progress) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", url);
        request.setRequestHeader("Authorization", getToken());
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.responseType = "json";
        request.upload.addEventListener("progress", event => progress(event.loaded / event.total));
        request.upload.addEventListener("load", () => progress(1));
        request.addEventListener("error", () => reject(new Refusal(0, "Rollcall cannot be reached just now; nothing was said to be imported.")));
        request.addEventListener("load", () => {
            if (request.status === 200) return resolve(request.response);
            if (request.status === 401) document.dispatchEvent(new Event("signed-out"));
            return reject(new Refusal(request.status, request.response?.message ?? `Rollcall answered ${request.status}.`));
        });
        request.send(file);
    });
}

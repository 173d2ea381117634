// Files of other apps: what one would change, what is wanted of it, importing it, and taking it back.
import { ROOT, Refusal, ask, send } from "./api.js";
import { button, el, tell, time } from "./dom.js";
import { saveFile } from "./files/saving.js";
import { getToken } from "./session.js";
import { drop } from "./store.js";

const PATH = "/user/@me/imports";
const MIB = 1024 * 1024;
// What Rollcall takes of one file, of a zip archive, and of several files together.
const MOST_OF_ONE = 32, MOST_OF_ZIP = 128, MOST_OF_SEVERAL = 64;
const ZIP = "PK\u0003\u0004";
const ASK_EVERY_MS = 1000;
// Some two minutes, while Rollcall imports what others gave.
const MOST_TRIES = 30;
const UNREACHED = "Rollcall cannot be reached just now; “Your imports” says whether it came in.";
const PLAN_NAME = "what-would-change.txt";
// What an import did, by the keys of its counts.
const COUNTED = [["new", "new member"], ["changed", "changed member"], ["new_groups", "new group"], ["changed_groups", "changed group"], ["switches", "switch"]];
let page;

export async function show(body) {
    page ??= new ImportPage();
    body.replaceChildren(page.element);
    await page.load();
}

class ImportPage {
    constructor() {
        this.field = el("input", { type: "file", multiple: true, id: "import-file", onchange: () => this.take(this.field.files) });
        this.bar = el("progress", { max: 1, "aria-label": "How far it is" });
        this.step = el("p", { className: "hint", role: "status" });
        this.bar.hidden = this.step.hidden = true;
        this.plan = el("div", { role: "status" });
        this.past = el("div");
        const area = el("div", { className: "card drop" },
            el("label", { htmlFor: this.field.id, textContent: "A file of another app" }), this.field,
            el("p", { className: "hint", textContent: "Of Simply Plural, Octocon, PluralPort, PluralKit, Tupperbox or Ampersand. Choose it, or drop it here; several at once where they belong together, such as the lists of one dump. Nothing changes before you say so." }));
        area.addEventListener("dragover", event => this.mark(event, area, true));
        area.addEventListener("dragleave", event => this.mark(event, area, false));
        area.addEventListener("drop", event => {
            this.mark(event, area, false);
            this.take(event.dataTransfer.files);
        });
        this.element = el("div", {}, area, this.bar, this.step, this.plan, this.past);
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
        const told = [...COUNTED.map(([key, what]) => [one.counts[key], what]), [kept, "thing"]].filter(([number]) => number).map(([number, what]) => count(number, what));
        const undo = button("Take it back", async () => {
            if (!confirm("Take this import back? What you edited or used since stays.")) return;
            this.show("Taking it back.");
            try {
                await this.finish(await ask("DELETE", `${PATH}/${one.number}`));
            } finally {
                this.hide();
            }
        });
        return el("li", {}, `${one.app}, `, time(one.at), `: ${told.join(", ")}${kept ? " kept aside" : ""}. `, one.canBeUndone ? undo : null);
    }

    async take(list) {
        // The field's own list is emptied, so that the same file can be chosen again.
        const files = [...list];
        // What is being sent is answered first.
        if (!files.length || this.field.disabled) return;
        this.field.value = "";
        this.plan.replaceChildren();
        const refusal = await findTooLarge(files);
        if (refusal) tell(refusal, { bad: true });
        else await this.ask(files, {});
    }

    /** Show what the files would change where they are read with these choices. */
    async ask(files, chosen) {
        const plan = await this.send(files, chosen);
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
            if (!isRead) return this.ask(files, { adds_unknown: wanted.adds_unknown, takes_birthdays: wanted.takes_birthdays });
            const done = await this.send(files, { ...wanted, apply: true });
            if (done) await this.finish(done);
        };
        const has = plan.changes || boxes.length;
        this.plan.replaceChildren(
            el("h3", { tabIndex: -1, textContent: `What ${nameAll(files)} would change` }),
            listAll(plan.sentences),
            ...boxes.length ? [el("fieldset", {}, el("legend", { textContent: "What else is wanted" }), boxes.map(one => one.row))] : [],
            ...ways.length ? [el("fieldset", {}, el("legend", { textContent: "Which switches" }), ways.map(one => one.row))] : [],
            el("p", {},
                has ? [button("Import it", run, { className: "" }), " ", button("Leave it", () => this.plan.replaceChildren()), " "] : null,
                button("Save this list", () => saveFile(PLAN_NAME, new Blob([plan.sentences.join("\n")], { type: "text/plain" })))),
        );
        this.plan.querySelector("h3").focus();
    }

    async finish(done) {
        drop();
        this.plan.replaceChildren(listAll(done.sentences));
        await this.load();
    }

    /** The answer to files; null where they were refused, which is told. */
    async send(files, chosen) {
        const query = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value).map(([name, value]) => [name, String(value)]));
        let asking;
        this.show("Sending the file.", 0);
        try {
            return await uploadInTurn(`${ROOT}${PATH}?${query}`, files, share => {
                if (share < 1) return this.show("Sending the file.", share);
                this.show(chosen.apply ? "Importing." : "Reading it.");
                if (chosen.apply) asking ??= setInterval(() => this.follow(), ASK_EVERY_MS);
            }, (why, seconds) => this.show(`${why} It is tried again in ${seconds} s.`));
        } catch (refusal) {
            tell(refusal.message, { bad: true });
            return null;
        } finally {
            clearInterval(asking);
            this.hide();
        }
    }

    /** Show how far the import is, whose own answer comes at its end. */
    async follow() {
        const answer = await send("GET", `${PATH}/running`, getToken()).catch(() => null);
        if (!answer?.ok) return;
        const { running, done, total } = await answer.json();
        if (running && total && !this.bar.hidden) this.show(`Importing: ${done.toLocaleString()} of ${total.toLocaleString()} switches and fronts.`, done / total);
    }

    /** What is being done; without a share nobody knows how far it is. */
    show(step, share) {
        // The bar would be out of sight above a long list, and what is pressed in that counts once.
        this.plan.hidden = this.past.hidden = this.field.disabled = true;
        this.bar.hidden = this.step.hidden = false;
        if (this.step.textContent !== step) this.step.textContent = step;
        if (share === undefined) this.bar.removeAttribute("value");
        else this.bar.value = share;
    }

    hide() {
        this.bar.hidden = this.step.hidden = true;
        this.plan.hidden = this.past.hidden = this.field.disabled = false;
    }
}

const count = (number, what) => `${number.toLocaleString()} ${what}${number === 1 ? "" : what.endsWith("ch") ? "es" : "s"}`;

const nameAll = files => files.length === 1 ? files[0].name : `these ${files.length} files`;

/** Sentences as a list; what begins with a dot belongs to the one before. */
function listAll(sentences) {
    const list = el("ul");
    for (const sentence of sentences) {
        const isWithin = sentence.startsWith("• ") && list.lastChild;
        const item = el("li", { textContent: isWithin ? sentence.slice(2) : sentence });
        if (!isWithin) list.append(item);
        else (list.lastChild.querySelector("ul") ?? list.lastChild.appendChild(el("ul"))).append(item);
    }
    return list;
}

function option(type, value, text, checked) {
    const input = el("input", { type, name: "import-option", value, checked });
    return { input, row: el("label", { className: "row" }, input, text) };
}

/** Why Rollcall would refuse these files for their size, so that nobody waits for nothing; else null. */
async function findTooLarge(files) {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (files.length > 1) return size > MOST_OF_SEVERAL * MIB ? `These files are too large together: at most ${MOST_OF_SEVERAL} MiB.` : null;
    const most = await files[0].slice(0, ZIP.length).text() === ZIP ? MOST_OF_ZIP : MOST_OF_ONE;
    return size > most * MIB ? `The file is too large: at most ${most} MiB.` : null;
}

/** Sends again where Rollcall says when: then it has done nothing with the files. */
async function uploadInTurn(url, files, progress, waiting) {
    for (let tries = 1; ; tries += 1) {
        try {
            return await upload(url, files, progress);
        } catch (refusal) {
            if (!refusal.retryAfter || tries === MOST_TRIES) throw refusal;
            waiting(refusal.message, refusal.retryAfter);
            await new Promise(resolve => setTimeout(resolve, refusal.retryAfter * 1000));
        }
    }
}

/** Fetch cannot tell how much of a body is sent. */
function upload(url, files, progress) {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", url);
        request.setRequestHeader("Authorization", getToken());
        request.responseType = "json";
        request.upload.addEventListener("progress", event => progress(event.loaded / event.total));
        request.upload.addEventListener("load", () => progress(1));
        request.addEventListener("error", () => reject(new Refusal(0, UNREACHED)));
        request.addEventListener("load", () => {
            if (request.status === 200) return resolve(request.response);
            if (request.status === 401) document.dispatchEvent(new Event("signed-out"));
            const refusal = new Refusal(request.status, request.response?.message ?? UNREACHED);
            // Of these it has done nothing; what is busy is no longer so in a moment.
            if ([429, 503].includes(request.status)) refusal.retryAfter = Number(request.getResponseHeader("Retry-After"));
            return reject(refusal);
        });
        if (files.length === 1) {
            request.setRequestHeader("Content-Type", "application/octet-stream");
            return request.send(files[0]);
        }
        const form = new FormData();
        files.forEach(file => form.append("file", file));
        request.send(form);
    });
}

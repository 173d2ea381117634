// Who fronts: logging a switch by a few keys, and putting right those of before.
import { ask } from "./api.js";
import { button, el, tell, time } from "./dom.js";
import { drop, get } from "./store.js";
import { instantInput, toIso } from "./switches/instants.js";
import { Picker } from "./switches/picker.js";

const PATH = "/v2/systems/@me/switches";
const PAGE = 20;
let page;

export async function show(body) {
    page ??= new FrontPage();
    await page.load();
    body.replaceChildren(page.element);
}

class FrontPage {
    constructor() {
        // Rows in which somebody types are never drawn anew.
        this.editing = new Map();
        this.picker = new Picker({
            label: "Who fronts from now on",
            hint: "A few letters of a name or the ID, then Enter for each; Ctrl+Enter logs the switch. Backspace takes the last one out.",
        });
        // The quickest way: open, type, Ctrl+Enter.
        this.picker.input.dataset.first = "";
        this.since = instantInput("switch-since");
        this.problem = el("p", { className: "error", role: "alert", hidden: true });
        this.now = el("p", { className: "lead" });
        this.history = el("ol", { className: "plain" });
        this.older = button("Older ones", () => this.loadOlder());
        this.element = el("div", {},
            this.now,
            el("form", { className: "card", onsubmit: event => event.preventDefault(), onkeydown: event => this.press(event) },
                this.picker.element, this.problem,
                el("details", {},
                    el("summary", { textContent: "At another time" }),
                    el("label", { htmlFor: this.since.id, textContent: "Since (by this device's clock)" }), this.since),
                el("div", { className: "row" },
                    button("Log the switch", () => this.log(), { className: "" }),
                    button("Switch out", () => this.logOut()),
                    button("Begin with who fronts now", () => this.begin()))),
            el("h3", { textContent: "Latest switches" }), this.history, this.older);
    }

    async load() {
        const [members, switches] = await Promise.all([get("members"), ask("GET", `${PATH}?limit=${PAGE}`)]);
        this.members = new Map(members.map(member => [member.id, member]));
        this.picker.all = members.filter(member => !member.archived);
        this.switches = switches;
        this.older.hidden = switches.length < PAGE;
        this.draw();
    }

    async loadOlder() {
        const more = await ask("GET", `${PATH}?limit=${PAGE}&before=${encodeURIComponent(this.switches.at(-1).timestamp)}`);
        this.switches.push(...more);
        this.older.hidden = more.length < PAGE;
        this.draw();
        (this.history.children[this.switches.length - more.length]?.querySelector("button") ?? this.picker.input).focus();
    }

    draw() {
        const [latest] = this.switches;
        if (latest) this.now.replaceChildren(el("strong", { textContent: this.names(latest) }), " since ", time(latest.timestamp));
        else this.now.textContent = "No switch is logged yet.";
        this.history.replaceChildren(...this.switches.map(one => this.editing.get(one.id) ?? this.row(one)));
    }

    names({ members }) {
        return members.map(id => this.members.get(id)?.name ?? id).join(", ") || "Nobody fronts";
    }

    row(one) {
        const row = el("li", { className: "card" });
        const edit = button("Edit", () => this.edit(row, one), { "aria-label": `Edit the switch to ${this.names(one)}` });
        row.append(el("div", { className: "row" },
            el("div", { className: "grow" },
                el("strong", { textContent: this.names(one) }), el("br"), el("span", { className: "faint" }, time(one.timestamp))),
            edit));
        return row;
    }

    async edit(row, one) {
        const { makeEditor } = await import("./switches/editor.js");
        this.editing.set(one.id, row);
        row.replaceChildren(makeEditor(one, this.members, {
            path: `${PATH}/${one.id}`,
            remove: () => this.remove(one),
            reload: () => this.reload(),
            close: async isSaved => {
                this.editing.delete(one.id);
                if (isSaved) await this.load();
                else this.draw();
                this.picker.input.focus();
            },
        }));
        row.querySelector("input").focus();
    }

    press(event) {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        this.log();
    }

    begin() {
        this.picker.choose((this.switches[0]?.members ?? []).map(id => this.members.get(id)).filter(Boolean));
        this.picker.input.focus();
    }

    async log() {
        if (!this.picker.take()) return this.refuse(`Nobody here is called “${this.picker.input.value}”.`);
        if (this.picker.isEmpty) return this.refuse("Choose who fronts; “Switch out” is for nobody.");
        return this.send(this.picker.ids);
    }

    logOut() { return this.send([]); }

    async send(members) {
        if (this.isSending) return;
        this.isSending = true;
        this.refuse("");
        try {
            const logged = await ask("POST", PATH, { members, ...(this.since.value ? { timestamp: toIso(this.since.value) } : {}) });
            this.picker.choose([]);
            this.since.value = "";
            const done = `Logged: ${this.names({ members })}.`;
            tell(done, { undo: () => this.remove(logged) });
            await this.load();
        } catch (refusal) {
            this.refuse(refusal.message);
            // A member may be gone, or another tab may have logged a switch.
            if (refusal.isStale) await this.reload();
        } finally {
            this.isSending = false;
            this.picker.input.focus();
        }
    }

    refuse(sentence) {
        this.problem.textContent = sentence;
        this.problem.hidden = !sentence;
        this.picker.input.setAttribute("aria-invalid", String(Boolean(sentence)));
        if (sentence) this.picker.input.focus();
    }

    reload() {
        drop("members");
        return this.load();
    }

    async remove(one) {
        await ask("DELETE", `${PATH}/${one.id}`);
        this.editing.delete(one.id);
        await this.load();
        tell("The switch is deleted.");
        this.picker.input.focus();
    }
}

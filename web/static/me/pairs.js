// One's own key/value pairs. They go through one path that takes any key: in an address `..` would mean another one.
import { Refusal, ask } from "./api.js";
import { button, el, tell } from "./dom.js";
import { text } from "./forms/fields.js";
import { Form } from "./forms/form.js";

const PAIRS = "/user/@me/kv";
const LEVELS = "/user/@me/kv-visibility";
const KEY = text("key", "Key", 165, { needed: true });
const VALUE = { kind: "area", name: "value", label: "Value", most: 10000, keepsBlank: true };
const READERS = {
    kind: "choice", name: "level", label: "Who may read it",
    options: [["private", "only you"], ["public", "anyone on the web"]],
};
let page;

export async function show(body) {
    page ??= new PairsPage();
    await page.load();
    body.replaceChildren(page.element);
}

class PairsPage {
    constructor() {
        // Rows in which somebody types are never drawn anew.
        this.editing = new Map();
        this.form = new Form({ fields: [KEY, VALUE, READERS], label: "Add", isNew: true, send: pair => this.add(pair) });
        this.typed = el("input", { type: "search", id: "pairs-typed", autocomplete: "off", spellcheck: false, oninput: () => this.filter() });
        this.count = el("p", { className: "hint", role: "status" });
        this.list = el("ul", { className: "plain" });
        this.element = el("div", {},
            el("p", { className: "hint", textContent: "512 pairs at most, and one MiB together." }),
            el("label", { htmlFor: this.typed.id, textContent: "Find a pair" }), this.typed, this.count, this.list,
            el("div", { className: "card" }, el("h3", { textContent: "Add a pair" }), this.form.element));
    }

    async load() {
        [this.pairs, this.levels] = await Promise.all([ask("GET", PAIRS), ask("GET", LEVELS)]);
        this.rows = new Map(Object.entries(this.pairs).map(([key, value]) => [key, this.row(key, value, this.levels[key])]));
        for (const [key, row] of this.editing) this.rows.set(key, row);
        this.list.replaceChildren(...this.rows.values());
        this.filter();
    }

    filter() {
        const typed = this.typed.value.toLowerCase();
        let found = 0;
        for (const [key, row] of this.rows) {
            row.hidden = !this.editing.has(key) && !`${key}\n${this.pairs[key]}`.toLowerCase().includes(typed);
            found += row.hidden ? 0 : 1;
        }
        const all = this.rows.size;
        const pairs = `${all} ${all === 1 ? "pair" : "pairs"}`;
        if (!all) this.count.textContent = "You have no pairs yet.";
        else this.count.textContent = found === all ? pairs : `${found} of ${pairs}`;
    }

    row(key, value, level) {
        const row = el("li", { className: "card" },
            el("div", { className: "row" },
                el("div", { className: "grow" }, el("code", { textContent: key })),
                el("span", { className: "chip", textContent: level }),
                button("Edit", () => this.edit(row, key, value, level), { "aria-label": `Edit ${key}` }),
                button("Remove", () => this.remove(key, value, level), { "aria-label": `Remove ${key}` })),
            el("pre", { className: "value", textContent: value }));
        return row;
    }

    async add({ key, value, level }) {
        if (Object.hasOwn(this.pairs, key)) {
            throw atField(new Refusal(0, "You have this key already: edit its pair above."), "key");
        }
        await store(key, value ?? "", level, "private");
        this.form.reset();
        await this.load();
        tell(`${key} is stored.`);
        this.form.focus();
    }

    edit(row, key, value, level) {
        const form = new Form({
            fields: [{ ...VALUE, label: `Value of ${key}` }, READERS],
            values: { value, level },
            label: "Save",
            send: async changes => {
                await store(key, changes.value, changes.level ?? level, level);
                tell(`${key} is saved.`);
                await this.close(form, key);
            },
        });
        const cancel = button("Cancel", () => this.close(form, key));
        this.editing.set(key, row);
        row.replaceChildren(form.element, cancel);
        form.focus();
    }

    async close(form, key) {
        form.close();
        this.editing.delete(key);
        await this.load();
        (this.rows.get(key)?.querySelector("button") ?? this.typed).focus();
    }

    async remove(key, value, level) {
        await ask("PATCH", PAIRS, { [key]: null });
        await this.load();
        this.typed.focus();
        tell(`${key} is removed.`, { undo: async () => {
            await store(key, value, level, "private");
            await this.load();
            tell(`${key} is back.`);
        } });
    }
}

/** Set a value, or with undefined only who may read it. A pair that becomes private does so before it says more. */
async function store(key, value, level, before) {
    const setLevel = () => ask("PATCH", LEVELS, { [key]: level });
    if (level === "private" && before !== level) await setLevel();
    if (value !== undefined) await ask("PATCH", PAIRS, { [key]: value }).catch(namesField);
    if (level === "public" && before !== level) await setLevel();
}

const atField = (refusal, name) => Object.assign(refusal, { fields: { [name]: refusal.message } });

/** This dialect refuses in a sentence alone, which begins with what is wrong. */
function namesField(refusal) {
    const name = /^The (key|value) /.exec(refusal.message)?.[1];
    throw name ? atField(refusal, name) : refusal;
}

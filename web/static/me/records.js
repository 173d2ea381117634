// Members and groups alike: a list that is searched as one types, and an editor for each, at `#members/<id>`.
import { ask } from "./api.js";
import { button, el, face, tell } from "./dom.js";
import { search, sorted } from "./search.js";
import { drop, get, put } from "./store.js";

/** Loaded once something is edited: a list needs none. */
const forms = () => import("./forms/form.js");

const is = (record, state) => state === "private" ? record.privacy?.visibility === "private" : record[state.replace(" ", "_")];

/**
 * `one` and `many` are words, `fields` is a table of fields, `fresh` what a new one has. `more` makes what else an
 * editor has: an `element`, and `update` for what the API has now.
 */
export class Records {
    constructor({ one, many, fields, fresh = {}, more }) {
        Object.assign(this, { one, many, fields, fresh, more });
        this.editors = new Map();
        this.typed = el("input", { type: "search", id: `${many}-typed`, autocomplete: "off", spellcheck: false, oninput: () => this.filter() });
        this.count = el("p", { className: "hint", role: "status" });
        this.list = el("ul", { className: "plain records" });
        this.overview = el("div", {},
            el("div", { className: "row" },
                el("div", { className: "grow" }, el("label", { htmlFor: this.typed.id, textContent: `Find a ${one}` }), this.typed),
                el("a", { className: "button", href: `#${many}/new`, textContent: `New ${one}` })),
            this.count, this.list);
    }

    async show(body, id) {
        if (id === "new") return body.replaceChildren(this.back(), (await this.create()).element);
        const all = await get(this.many);
        if (!id) {
            this.draw(all);
            return body.replaceChildren(this.overview);
        }
        const found = all.find(record => record.id === id);
        if (!found) return body.replaceChildren(this.back(), el("p", { textContent: `You have no ${this.one} with the ID ${id}, or no more.` }));
        return body.replaceChildren(this.back(), await this.edit(found));
    }

    back() {
        return el("p", {}, el("a", { href: `#${this.many}`, textContent: `← All ${this.many}` }));
    }

    draw(all) {
        if (all === this.drawn) return;
        this.drawn = all;
        this.rows = new Map(sorted(all).map(record => [record, this.row(record)]));
        this.list.replaceChildren(...this.rows.values());
        this.filter();
    }

    row(record) {
        const more = [record.display_name, record.pronouns].filter(Boolean).join(" · ");
        return el("li", {},
            el("a", { href: `#${this.many}/${record.id}` },
                face(record), el("strong", { textContent: record.name }), el("code", { textContent: record.id })),
            more ? el("span", { className: "faint", textContent: more }) : null,
            ["custom front", "archived", "private"].filter(state => is(record, state)).map(state => el("span", { className: "chip", textContent: state })));
    }

    filter() {
        const found = new Set(search([...this.rows.keys()], this.typed.value));
        for (const [record, row] of this.rows) row.hidden = !found.has(record);
        const all = this.rows.size;
        if (!all) this.count.textContent = `You have no ${this.many} yet.`;
        else this.count.textContent = found.size === all ? `${all} ${all === 1 ? this.one : this.many}` : `${found.size} of ${all} ${this.many}`;
    }

    async create() {
        if (this.editors.has("new")) return this.editors.get("new");
        const { Form } = await forms();
        const level = (await get("settings"))[`${this.one}_default_private`] ? "private" : "public";
        const privacy = this.fields.filter(field => field.isPrivacy).map(field => [field.name, level]);
        const form = new Form({
            fields: this.fields,
            values: { ...this.fresh, privacy: Object.fromEntries(privacy) },
            isNew: true,
            label: `Make the ${this.one}`,
            send: async changes => {
                const created = await ask("POST", `/v2/${this.many}`, changes);
                await put(this.many, created);
                this.forget("new");
                tell(`${created.name} is made; the ID is ${created.id}.`);
                location.hash = `#${this.many}/${created.id}`;
            },
        });
        const title = el("h3", { textContent: `New ${this.one}`, tabIndex: -1 });
        return this.keep("new", { form, element: el("div", {}, title, form.element) });
    }

    async edit(record) {
        const path = `/v2/${this.many}/${record.id}`;
        const known = this.editors.get(record.id);
        if (known) {
            known.form.rebase(record);
            known.more?.update(record);
            return known.element;
        }
        const { Form } = await forms();
        const form = new Form({
            fields: this.fields,
            values: record,
            label: "Save",
            send: async changes => {
                const changed = await ask("PATCH", path, changes);
                await put(this.many, changed);
                title.textContent = changed.name;
                tell(`${changed.name} is saved.`);
                return changed;
            },
            refresh: () => this.refresh(record.id),
        });
        const title = el("h3", { textContent: record.name, tabIndex: -1 });
        const more = this.more?.(record);
        const element = el("div", {}, title, form.element, more?.element, this.deletion(record, path));
        return this.keep(record.id, { form, element, more }).element;
    }

    /** What the API has of one now, after it was refused; nothing where it is gone. */
    async refresh(id) {
        drop(this.many);
        return (await get(this.many)).find(record => record.id === id);
    }

    deletion(record, path) {
        const typed = el("input", { id: `delete-${record.id}`, autocomplete: "off", spellcheck: false });
        typed.addEventListener("input", () => { press.disabled = typed.value !== record.name; });
        const press = button(`Delete this ${this.one}`, async () => {
            await ask("DELETE", path);
            drop(this.many);
            this.forget(record.id);
            tell(`${record.name} is deleted.`);
            location.hash = `#${this.many}`;
        }, { className: "danger", disabled: true });
        const asked = `This cannot be undone. Type the name, ${record.name}, to delete it.`;
        return el("details", { className: "card" }, el("summary", { textContent: `Delete this ${this.one}` }),
            el("label", { htmlFor: typed.id, textContent: asked }),
            el("div", { className: "row" }, el("div", { className: "grow" }, typed), press));
    }

    keep(id, editor) {
        this.editors.set(id, editor);
        return editor;
    }

    forget(id) {
        const editor = this.editors.get(id);
        editor?.form.close();
        editor?.more?.close();
        this.editors.delete(id);
    }
}

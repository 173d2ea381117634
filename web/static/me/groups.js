// Groups, and who is in them.
import { ask } from "./api.js";
import { button, el, tell } from "./dom.js";
import { color, description, hides, picture, text } from "./forms/fields.js";
import { watched } from "./forms/unsent.js";
import { Records } from "./records.js";
import { search, sorted } from "./search.js";
import { drop, get, getListed, put } from "./store.js";

const GROUP = [
    text("name", "Name", 100, { needed: true }),
    text("display_name", "Display name", 100),
    description,
    color,
    picture("icon", "Icon"),
    picture("banner", "Banner"),
    ...hides({
        visibility: "That there is this group", name_privacy: "Name", description_privacy: "Description",
        icon_privacy: "Icon", banner_privacy: "Banner", list_privacy: "Who is in it", metadata_privacy: "When it was made",
    }),
];

const records = new Records({ one: "group", many: "groups", fields: GROUP, more: group => new Membership(group) });

export const show = (body, id) => records.show(body, id);

/** A box for each member, ticked where it is in the group; only what was changed is sent. */
class Membership {
    constructor(group) {
        // UUIDs, and whether they are to be in it.
        this.changed = new Map();
        this.typed = el("input", { type: "search", id: `in-${group.id}`, autocomplete: "off", spellcheck: false, oninput: () => this.filter() });
        this.list = el("ul", { className: "plain boxes", tabIndex: 0, "aria-label": "Members" });
        this.element = el("fieldset", {},
            el("legend", { textContent: "Who is in it" }),
            el("label", { htmlFor: this.typed.id, textContent: "Find a member" }), this.typed,
            this.list, button("Save who is in it", () => this.save()));
        this.update(group).catch(refusal => tell(refusal.message, { bad: true }));
        watched.add(this);
    }

    close() { watched.delete(this); }

    get isChanged() { return this.changed.size > 0; }

    async update(group) {
        this.group = group;
        this.inside = new Set(group.members);
        this.rows = new Map(sorted(await getListed()).map(member => [member, this.row(member)]));
        this.list.replaceChildren(...this.rows.values());
        this.filter();
    }

    row({ uuid, name }) {
        const checked = this.changed.get(uuid) ?? this.inside.has(uuid);
        const box = el("input", { type: "checkbox", checked, onchange: () => {
            if (box.checked === this.inside.has(uuid)) this.changed.delete(uuid);
            else this.changed.set(uuid, box.checked);
        } });
        return el("li", {}, el("label", {}, box, name));
    }

    filter() {
        const found = new Set(search([...this.rows.keys()], this.typed.value));
        for (const [member, row] of this.rows) row.hidden = !found.has(member);
    }

    async save() {
        const there = new Set([...this.rows.keys()].map(member => member.uuid));
        const meant = wanted => [...this.changed.keys()].filter(uuid => there.has(uuid) && this.changed.get(uuid) === wanted);
        const [added, removed] = [meant(true), meant(false)];
        const path = `/v2/groups/${this.group.id}/members`;
        try {
            if (added.length) await ask("POST", `${path}/add`, added);
            if (removed.length) await ask("POST", `${path}/remove`, removed);
        } catch (refusal) {
            if (refusal.isStale) await this.reload();
            throw refusal;
        }
        this.changed.clear();
        const members = [...this.inside].filter(uuid => !removed.includes(uuid)).concat(added);
        await put("groups", { id: this.group.id, members });
        await this.update({ ...this.group, members });
        tell(`${this.group.name}: ${added.length} added, ${removed.length} removed.`);
    }

    /** Somebody in it may be gone; what was ticked stays so. */
    async reload() {
        drop("members", "groups");
        const group = (await get("groups")).find(one => one.id === this.group.id);
        if (group) await this.update(group);
    }
}

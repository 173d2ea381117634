// The form that changes one switch: who fronted, since when, or that it never was.
import { ask } from "../api.js";
import { button, el, tell } from "../dom.js";
import { instantInput, toIso, toLocal } from "./instants.js";
import { Picker } from "./picker.js";

/** `members` by their IDs; `path` is the switch's, and the rest is what its list does: `close` is told whether it was saved. */
export function makeEditor(one, members, { path, remove, reload, close }) {
    const picker = new Picker({ label: "Who fronted" });
    picker.all = [...members.values()];
    picker.choose(one.members.map(id => members.get(id)).filter(Boolean));
    const began = instantInput(`began-${one.id}`);
    const before = began.value = toLocal(one.timestamp);
    const problem = el("p", { className: "error", role: "alert", hidden: true });

    const save = async event => {
        event.preventDefault();
        try {
            if (!picker.take()) throw new Error(`Nobody here is called “${picker.input.value}”.`);
            if (picker.ids.join() !== one.members.join()) await ask("PATCH", `${path}/members`, picker.ids);
            one.members = picker.ids;
            if (began.value !== before) await ask("PATCH", path, { timestamp: toIso(began.value) });
            await close(true);
            tell("The switch is saved.");
        } catch (refusal) {
            problem.textContent = refusal.message;
            problem.hidden = false;
            if (refusal.isStale) await reload();
        }
    };

    const asked = el("span", { className: "row" }, button("Delete this switch", () => {
        const yes = button("Yes, delete it", remove, { className: "danger" });
        asked.replaceChildren(el("span", { textContent: "Really?" }), yes, button("No", () => close(false)));
        asked.querySelector("button").focus();
    }));
    return el("form", { onsubmit: save }, picker.element,
        el("div", { className: "field" }, el("label", { htmlFor: began.id, textContent: "Since (by this device's clock)" }), began),
        problem, el("div", { className: "row" }, el("button", { textContent: "Save" }), button("Cancel", () => close(false)), asked));
}

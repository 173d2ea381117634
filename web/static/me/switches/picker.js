// Choosing members by a few letters: Enter takes the marked one, Backspace gives the last one back.
import { button, el } from "../dom.js";
import { nearest } from "../search.js";

const MOST_SHOWN = 8;
let made = 0;

/** A combobox as the ARIA patterns have it, with those who were chosen before it. */
export class Picker {
    constructor({ label, hint = "" }) {
        const id = `picker-${made += 1}`;
        this.all = [];
        this.chosen = [];
        this.input = el("input", {
            id, type: "text", role: "combobox", autocomplete: "off", spellcheck: false,
            "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", "aria-describedby": `${id}-hint`,
            oninput: () => this.suggest(), onkeydown: event => this.press(event), onblur: () => this.close(),
        });
        this.list = el("ul", { id: `${id}-list`, role: "listbox", "aria-label": "Members", className: "options", hidden: true });
        this.chips = el("ul", { className: "chips", "aria-label": "Chosen" });
        this.element = el("div", { className: "picker" },
            el("label", { htmlFor: id, textContent: label }), this.chips, this.input, this.list,
            el("p", { id: `${id}-hint`, className: "hint", textContent: hint }));
    }

    get ids() { return this.chosen.map(member => member.id); }

    get isEmpty() { return !this.chosen.length && !this.input.value.trim(); }

    choose(members) {
        this.chosen = [...members];
        this.input.value = "";
        this.draw();
        this.close();
    }

    /** Take the marked one of what the letters find; whether there is nothing left that was typed. */
    take() {
        if (this.input.value.trim() && this.list.hidden) this.suggest();
        const member = this.found?.[this.marked];
        if (member) this.choose([...this.chosen, member]);
        return !this.input.value.trim();
    }

    suggest() {
        const typed = this.input.value;
        this.found = typed.trim() ? nearest(this.all.filter(member => !this.ids.includes(member.id)), typed, MOST_SHOWN) : [];
        this.marked = 0;
        this.list.replaceChildren(...this.found.map((member, number) => el("li", {
            role: "option", id: `${this.list.id}-${number}`,
            // Before the input loses the focus.
            onmousedown: event => { event.preventDefault(); this.marked = number; this.take(); },
        }, member.name, " ", el("code", { textContent: member.id }))));
        this.list.hidden = !this.found.length;
        this.input.setAttribute("aria-expanded", String(!this.list.hidden));
        this.mark(0);
    }

    mark(number) {
        this.marked = number;
        [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === number)));
        const id = this.list.children[number]?.id;
        if (id) this.input.setAttribute("aria-activedescendant", id);
        else this.input.removeAttribute("aria-activedescendant");
    }

    close() {
        this.found = [];
        this.list.hidden = true;
        this.input.setAttribute("aria-expanded", "false");
        this.input.removeAttribute("aria-activedescendant");
    }

    press(event) {
        // What is still being composed, in Japanese say, is nobody's name yet.
        if (event.isComposing) return undefined;
        const most = this.found?.length ?? 0;
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step && most) this.mark((this.marked + step + most) % most);
        // Beside Ctrl it is the form's.
        else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.take();
        else if (event.key === "Escape") this.close();
        else if (event.key === "Backspace" && !this.input.value) return this.choose(this.chosen.slice(0, -1));
        else return undefined;
        return event.preventDefault();
    }

    draw() {
        this.chips.replaceChildren(...this.chosen.map(member => el("li", { className: "chip" }, member.name, button("×", () => {
            this.choose(this.chosen.filter(other => other !== member));
            this.input.focus();
        }, { "aria-label": `Leave ${member.name} out` }))));
    }
}

// What a field is filled in with, by its kind: `element`, what of it takes the focus, and reading and writing a value.
import { button, el } from "../dom.js";

const texts = keepsBlank => value => (keepsBlank || value.trim() ? value : null);

export const CONTROLS = {
    line: (field, props) => typed(el("input", { type: field.type ?? "text", ...props }), texts()),
    area: (field, props) => typed(el("textarea", { rows: 5, ...props }), texts(field.keepsBlank)),
    birthday: (field, props) => ({
        ...typed(el("input", props), value => (/^\d\d-\d\d$/.test(value.trim()) ? `0004-${value.trim()}` : texts()(value))),
        show: value => (value ?? "").replace(/^000[14]-/, ""),
    }),
    color: colored,
    choice: (field, props) => ({
        ...typed(el("select", props, field.options.map(([value, label]) => el("option", { value }, label)))),
        show: value => value ?? field.options[0][0],
    }),
    check: (field, props) => {
        const box = el("input", { type: "checkbox", ...props });
        return { element: box, focused: box, read: () => box.checked, write: value => { box.checked = Boolean(value); } };
    },
    tags: tagged,
};

function typed(input, read = value => value) {
    return {
        element: input,
        focused: input,
        show: value => value ?? "",
        read: () => read(input.value),
        write(value) { input.value = this.show(value); },
    };
}

function colored(field, props) {
    const control = typed(el("input", props), value => texts()(value.trim().replace(/^#/, "")));
    const chooser = el("input", { type: "color", "aria-label": "Choose a color", oninput: () => {
        control.focused.value = chooser.value.slice(1);
        control.focused.dispatchEvent(new Event("input", { bubbles: true }));
    } });
    control.focused.addEventListener("input", () => {
        if (/^[0-9a-f]{6}$/i.test(control.read() ?? "")) chooser.value = `#${control.read()}`;
    });
    const write = value => {
        control.focused.value = value ?? "";
        chooser.value = `#${value ?? "000000"}`;
    };
    return { ...control, element: el("div", { className: "row color" }, control.focused, chooser), write };
}

/** Any number of proxy tags, each with what stands before the text and behind it. */
function tagged(field, props) {
    const rows = el("div");
    let number = 0;
    const add = (tag = {}) => {
        number += 1;
        const side = (name, label) => el("input", { value: tag[name] ?? "", "aria-label": `${label}, tag ${number}`, placeholder: label });
        const remove = button("Remove", () => {
            row.remove();
            more.focus();
            rows.dispatchEvent(new Event("input", { bubbles: true }));
        }, { "aria-label": `Remove tag ${number}` });
        const row = el("div", { className: "row tag" }, side("prefix", "Before"), el("span", {}, "text"), side("suffix", "Behind"), remove);
        rows.append(row);
        return row.querySelector("input");
    };
    const more = button("Add a tag", () => add().focus(), { "aria-describedby": props["aria-describedby"] });
    return {
        element: el("div", {}, rows, more),
        get focused() { return rows.querySelector("input") ?? more; },
        read: () => [...rows.children]
            .map(row => [...row.querySelectorAll("input")].map(input => input.value || null))
            .filter(([prefix, suffix]) => prefix !== null || suffix !== null)
            .map(([prefix, suffix]) => ({ prefix, suffix })),
        write(value) {
            rows.replaceChildren();
            (value ?? []).forEach(tag => add(tag));
        },
    };
}

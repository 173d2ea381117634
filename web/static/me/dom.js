// Making elements. A text is always a text: nothing that anybody typed is read as HTML.

/** An element with properties (`onclick` and its like are listeners) and children: elements, texts, or null. */
export function el(name, props = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(props)) {
        if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
        else if (key in made) made[key] = value;
        else if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
    return made;
}

export const find = id => document.getElementById(id);

/** A button that is ready again once what it does is done. */
export function button(text, act, props = {}) {
    let busy = false;
    const press = async event => {
        if (busy) return;
        busy = true;
        made.setAttribute("aria-busy", "true");
        try {
            await act(event);
        } catch (refusal) {
            tell(refusal.message, { bad: true });
        } finally {
            busy = false;
            made.removeAttribute("aria-busy");
        }
    };
    const made = el("button", { type: "button", className: "quiet", textContent: text, onclick: press, ...props });
    return made;
}

/** Say at the bottom of the page what was done, to readers of the screen too; `undo` is offered beside it. */
export function tell(text, { bad = false, undo } = {}) {
    const told = find("told");
    const hide = () => {
        told.replaceChildren();
        find("main").focus();
    };
    const undone = async () => {
        hide();
        await undo();
    };
    told.classList.toggle("bad", bad);
    told.replaceChildren(
        el("p", { textContent: text }),
        undo ? button("Undo", undone) : "",
        button("×", hide, { "aria-label": "Close this message" }),
    );
}

/** An instant as this browser's owner writes it. */
export function time(iso) {
    const shown = new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    return el("time", { dateTime: iso, textContent: shown });
}

/** A small picture of a member or a group where it is kept here (this page loads nothing from elsewhere), else a spot. */
export function face({ avatar_url: avatar, icon, color }) {
    const src = avatar ?? icon;
    if (src?.startsWith(`${location.origin}/`)) return el("img", { className: "spot", src, alt: "", loading: "lazy" });
    const made = el("span", { className: "spot" });
    if (color) made.style.backgroundColor = `#${color}`;
    return made;
}

// Forms made of tables of fields. A refusal stands at the field that it is about, and nothing typed is lost.
import { CONTROLS } from "./controls.js";
import { el, tell } from "../dom.js";
import { watched } from "./unsent.js";

let made = 0;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const lengthOf = text => [...text].length;
const count = number => number.toLocaleString("en");

/** One labelled field: its control, what is said of it, and what the API had when it was last asked. */
class Field {
    constructor(spec) {
        this.spec = spec;
        const id = `field-${made += 1}`;
        this.error = el("p", { id: `${id}-error`, className: "error", hidden: true });
        const hint = spec.hint ? el("p", { id: `${id}-hint`, className: "hint", textContent: spec.hint }) : null;
        const described = [hint?.id, this.error.id].filter(Boolean).join(" ");
        this.control = CONTROLS[spec.kind](spec, { id, autocomplete: "off", "aria-describedby": described });
        const label = el("label", { htmlFor: id, textContent: spec.label });
        this.element = spec.kind === "check"
            ? el("div", { className: "field check" }, this.control.element, label, this.error)
            : el("div", { className: "field" }, label, hint, this.control.element, this.error);
        if (spec.kind === "tags") {
            const legend = el("legend", { textContent: spec.label });
            this.element = el("fieldset", { className: "field" }, legend, hint, this.control.element, this.error);
        }
        this.element.addEventListener("input", () => this.check());
    }

    get isChanged() { return !same(this.control.read(), this.base); }

    /** Take what the API has now; what was typed meanwhile stays. */
    rebase(value, typed = this.base) {
        const untouched = this.base === undefined || same(this.control.read(), typed);
        this.base = value ?? null;
        if (untouched) {
            this.control.write(value);
            // As it is read again: an empty text is null, a missing choice is the first one.
            this.base = this.control.read();
        }
    }

    /** Say what the API would refuse, before it is asked. */
    check() {
        const { most, needed, label, kind } = this.spec;
        const value = this.control.read();
        const texts = kind === "tags" ? value.flatMap(tag => [tag.prefix, tag.suffix]) : [value];
        const longest = Math.max(0, ...texts.map(text => (typeof text === "string" ? lengthOf(text) : 0)));
        const limit = kind === "tags" ? this.spec.each : most;
        if (limit && longest > limit) this.refuse(`At most ${count(limit)} characters; these are ${count(longest)}.`);
        else if (kind === "tags" && value.length > most) this.refuse(`At most ${most} tags; these are ${value.length}.`);
        else if (needed && value === null && this.wasSent) this.refuse(`${label} is needed.`);
        else this.refuse("");
        return this.error.hidden;
    }

    refuse(sentence) {
        this.error.textContent = sentence;
        this.error.hidden = !sentence;
        this.control.focused.setAttribute("aria-invalid", String(Boolean(sentence)));
    }
}

/**
 * A form of such fields. `send` gets what was changed (of what `isNew`, all that it shows) and may return what the API
 * has after it; `refresh` asks the API for that, after a refusal.
 */
export class Form {
    constructor({ fields, values = {}, label, send, refresh, isNew = false }) {
        Object.assign(this, { send, refresh, isNew });
        this.fields = fields.map(spec => new Field(spec));
        this.problem = el("p", { className: "error", role: "alert", hidden: true });
        const [plain, privacy] = [false, true].map(wanted => this.fields.filter(field => Boolean(field.spec.isPrivacy) === wanted));
        this.element = el("form", { noValidate: true, onsubmit: event => this.submit(event) },
            plain.map(field => field.element),
            privacy.length ? el("details", {},
                el("summary", { textContent: "Who may see what" }),
                el("div", { className: "grid" }, privacy.map(field => field.element))) : null,
            this.problem,
            el("button", { className: "submit", textContent: label }));
        this.rebase(values);
        watched.add(this);
    }

    get isChanged() { return this.fields.some(field => field.isChanged); }

    /** Take what the API has now; what was typed stays. */
    rebase(values) {
        for (const field of this.fields) field.rebase(valueOf(field.spec, values));
    }

    /** Begin anew with these values. */
    reset(values = {}) {
        for (const field of this.fields) {
            field.base = field.wasSent = undefined;
            field.rebase(valueOf(field.spec, values));
            field.refuse("");
        }
        this.problem.hidden = true;
    }

    /** Forget that there was something to send. */
    close() { watched.delete(this); }

    focus() { this.fields[0].control.focused.focus(); }

    async submit(event) {
        event.preventDefault();
        this.problem.hidden = true;
        for (const field of this.fields) field.wasSent = true;
        const wrong = this.fields.filter(field => !field.check());
        if (wrong.length) return show(wrong[0]);
        if (!this.isNew && !this.isChanged) return tell("There is nothing to save: you changed nothing.");
        if (this.isSending) return undefined;
        this.isSending = true;
        const typed = this.fields.map(field => field.control.read());
        try {
            const after = await this.send(this.changes());
            if (after) this.fields.forEach((field, number) => field.rebase(valueOf(field.spec, after), typed[number]));
        } catch (refusal) {
            await this.refuse(refusal);
        } finally {
            this.isSending = false;
        }
        return undefined;
    }

    /** What was changed, as the API takes it: privacy in an object of its own. */
    changes() {
        const changed = {};
        for (const { spec, control } of this.fields.filter(field => this.isSent(field))) {
            if (spec.isPrivacy) (changed.privacy ??= {})[spec.name] = control.read();
            else changed[spec.name] = control.read();
        }
        return changed;
    }

    isSent(field) { return field.isChanged || (this.isNew && field.base !== null); }

    async refuse(refusal) {
        const wrong = this.fields.filter(field => refusal.fields?.[field.spec.name]);
        wrong.forEach(field => field.refuse(refusal.fields[field.spec.name]));
        if (wrong.length) return show(wrong[0]);
        this.problem.textContent = refusal.message;
        this.problem.hidden = false;
        // Somebody may have changed it elsewhere; only what was not typed here follows.
        if (refusal.isStale && this.refresh) await this.refresh().then(values => values && this.rebase(values), () => {});
        return undefined;
    }
}

const valueOf = (spec, values) => (spec.isPrivacy ? values.privacy?.[spec.name] : values[spec.name]);

function show(field) {
    const details = field.element.closest("details");
    if (details) details.open = true;
    field.control.focused.focus();
}

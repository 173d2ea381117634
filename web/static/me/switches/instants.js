// Instants as they are typed: by this device's clock, to the second.
import { el } from "../dom.js";

export const instantInput = id => el("input", { id, type: "datetime-local", step: 1 });
export const toIso = local => new Date(local).toISOString();

/** An instant of the API's as such an input has it, without a zone. */
export function toLocal(iso) {
    const at = new Date(iso);
    return new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

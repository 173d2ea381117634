// How often the bot sends one's own system by DM.
import { ask } from "../api.js";
import { el, tell, time } from "../dom.js";

const PATH = "/user/@me/backup";
const CHOICES = [["off", "never"], ["weekly", "every week"], ["monthly", "every 30 days"]];

/** The choice, with when the next one comes and what keeps it from coming. */
export function backupPart() {
    const hint = el("p", { className: "hint" });
    const options = CHOICES.map(([value, textContent]) => el("option", { value, textContent }));
    const choice = el("select", { id: "backup", disabled: true, onchange: () => change(choice, hint) }, ...options);
    load(choice, hint).catch(refusal => tell(refusal.message, { bad: true }));
    return el("div", {}, el("label", { htmlFor: choice.id, textContent: "PluralPort's bundle by DM" }), choice, hint);
}

async function load(choice, hint) {
    const found = await ask("GET", PATH);
    // After two weeks in vain nothing is tried any more, and to choose again begins anew.
    const gaveUp = found.every !== "off" && !found.next;
    choice.value = gaveUp ? "off" : found.every;
    choice.disabled = false;
    const next = found.next ? ["The next one comes ", time(found.next), ". "] : [];
    const failed = ["None could be sent since ", time(found.failed_since), `: allow direct messages from the bot${gaveUp ? ", and choose again. It has given up" : ". It tries every day"}.`];
    hint.replaceChildren(...next, ...found.failed_since ? failed : []);
}

async function change(choice, hint) {
    const every = choice.value;
    try {
        await ask("PATCH", PATH, { every });
        tell(every === "off" ? "You get no backup." : "You get a backup by DM.");
    } catch (refusal) {
        tell(refusal.message, { bad: true });
    }
    await load(choice, hint).catch(refusal => tell(refusal.message, { bad: true }));
}

// The page itself: the form for the token, and one section at a time, whose file is loaded when it is first shown.
import { isGood } from "./api.js";
import { button, el, find, tell } from "./dom.js";
import { hasUnsent } from "./forms/unsent.js";
import { cleaned, getToken, keepToken, ownerOf } from "./session.js";
import { drop } from "./store.js";

const STALE_MS = 60_000;
const ENDED = "Rollcall does not take this token any more: it was replaced or revoked. Paste the new one; what you typed is still here.";
const sections = [...document.querySelectorAll("section[data-name]")];
const form = find("sign-in");
const field = find("token");
// Whose data this page holds: their forms stay as they are while a new token is asked for.
let owner;
let hiddenSince;

function start() {
    form.addEventListener("submit", signIn);
    find("forget").addEventListener("click", forget);
    document.addEventListener("signed-out", () => askForToken(ENDED));
    addEventListener("hashchange", () => getToken() && show(true));
    addEventListener("beforeunload", event => hasUnsent() && event.preventDefault());
    document.addEventListener("visibilitychange", refresh);
    addEventListener("offline", () => tell("You are offline. What you type stays here.", { bad: true }));
    addEventListener("online", () => tell("You are online again."));
    if (getToken()) open(false);
    else askForToken("", false);
}

async function signIn(event) {
    event.preventDefault();
    const token = cleaned(field.value);
    if (!ownerOf(token)) return refuse("This is no token of Rollcall's: one begins with rc_ and a number.");
    try {
        if (!await isGood(token)) return refuse("Rollcall does not know this token. A newer one may have replaced it: only the last one works.");
    } catch (refusal) {
        return refuse(refusal.message);
    }
    const isOther = owner && owner !== ownerOf(token);
    keepToken(token);
    field.value = "";
    if (isOther) location.reload();
    return open(true);
}

function refuse(sentence) {
    find("token-error").textContent = sentence;
    find("token-error").hidden = !sentence;
    field.setAttribute("aria-invalid", String(Boolean(sentence)));
    if (sentence) field.focus();
}

function askForToken(sentence, focus = true) {
    keepToken(null);
    find("signed-in").hidden = true;
    form.hidden = false;
    refuse(sentence);
    if (focus) field.focus();
}

function open(focus) {
    owner = ownerOf(getToken());
    form.hidden = true;
    refuse("");
    find("signed-in").hidden = false;
    show(focus);
}

/** Forget the token, and with a new start of the page all that it had opened. */
function forget() {
    keepToken(null);
    location.reload();
}

/** Show the section that the address names, such as `#members/abcde`. */
async function show(focus) {
    const [name, rest] = location.hash.slice(1).split("/");
    const section = sections.find(one => one.dataset.name === name) ?? sections[0];
    for (const one of sections) one.hidden = one !== section;
    for (const link of document.querySelectorAll(".sections a")) {
        if (link.hash === `#${section.dataset.name}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
    }
    const heading = section.querySelector("h2");
    document.title = `${heading.textContent} – Rollcall`;
    if (focus) heading.focus();
    const body = section.querySelector("div");
    if (!body.hasChildNodes()) body.replaceChildren(el("p", { className: "hint", textContent: "Loading …" }));
    try {
        const { show: draw } = await import(`./${section.dataset.name}.js`);
        await draw(body, rest);
        if (focus ? document.activeElement === heading : document.activeElement === document.body) {
            body.querySelector(focus ? "[data-first], h3[tabindex]" : "[data-first]")?.focus();
        }
    } catch (refusal) {
        // Who has no system came for something else.
        if (refusal.status === 401 && !location.hash && getToken()) {
            body.replaceChildren();
            location.replace("#presence");
        } else explain(body, refusal);
    }
}

/** Say why a section cannot be shown. What was shown before stays, and so does what was typed into it. */
function explain(body, refusal) {
    if (refusal.status !== 401 && body.querySelector("form")) return tell(refusal.message, { bad: true });
    const again = button("Try again", () => show(true));
    // The token is good, or the form for it would be here.
    const command = el("code", { textContent: `${find("me").dataset.systemPrefix}system new` });
    const make = refusal.status === 401 ? el("p", {}, "Type ", command, " to the bot to make one, then come back.") : null;
    return body.replaceChildren(el("p", { textContent: refusal.message }), ...[make].filter(Boolean), again);
}

/** Who comes back to this tab sees what was changed elsewhere, unless something is being typed. */
function refresh() {
    if (document.hidden) hiddenSince = Date.now();
    else if (getToken() && Date.now() - hiddenSince > STALE_MS && !hasUnsent() && !document.activeElement?.matches("input, textarea, select")) {
        drop();
        show(false);
    }
}

start();

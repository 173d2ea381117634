// One's own presence: what everybody sees, or that nobody does.
import { ROOT, ask, askAsStranger } from "./api.js";
import { el, find, time } from "./dom.js";
import { getToken, ownerOf } from "./session.js";
import { get } from "./store.js";

export async function show(body) {
    const id = ownerOf(getToken());
    const [seen, own] = await Promise.all([
        askAsStranger(`/user/${id}`).catch(unless404),
        ask("GET", "/user/@me").catch(unless404),
    ]);
    const isPublished = typeof seen !== "string";
    const systemId = await get("system").then(system => system.id, () => null);
    body.replaceChildren(
        ...(isPublished ? published(id, seen) : unpublished(own)),
        el("p", { className: "row" },
            isPublished ? el("a", { href: `${ROOT}/u/${id}`, textContent: "Your public page" }) : null,
            systemId ? el("a", { href: `${ROOT}/s/${systemId}`, textContent: "Your system's public page" }) : null),
    );
}

/** Why somebody is not published, where that is the answer. */
function unless404(refusal) {
    if (refusal.status !== 404) throw refusal;
    return refusal.message;
}

function published(id, { presence, fronting }) {
    const card = el("img", { className: "own-card", src: `${ROOT}/user/${id}.svg`, alt: "", onerror: () => card.remove() });
    const rows = {
        Name: presence.global_name ?? presence.username,
        Status: presence.status,
        "Custom status": presence.customStatus?.text,
        Activities: (presence.activities ?? []).filter(one => one.type !== 4).map(one => one.name).join(", "),
        "Who fronts": fronting?.members?.map(member => member.name).join(", "),
    };
    return [
        el("p", { textContent: "This is what everybody on the web sees of you." }),
        card,
        el("dl", {}, Object.entries(rows).filter(([, value]) => value).map(([name, value]) => [
            el("dt", { textContent: name }), el("dd", { textContent: value }),
        ])),
        presence.updatedAt ? el("p", { className: "hint" }, "It changed last: ", time(new Date(presence.updatedAt).toISOString())) : null,
        el("p", {}, "To hide it, type ", el("code", { textContent: `${find("me").dataset.prefix}hide` }), " to the bot."),
    ].filter(Boolean);
}

function unpublished(own) {
    // Only who is stored and hides is shown their own card.
    if (typeof own === "string") return [el("p", { textContent: own })];
    const command = el("code", { textContent: `${find("me").dataset.prefix}show` });
    return [el("p", {}, "Nobody but you sees your presence: you are hidden. Type ", command, " to the bot to show it again.")];
}

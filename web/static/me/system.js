// One's own system, and its settings.
import { ask } from "./api.js";
import { el, tell } from "./dom.js";
import { backupPart } from "./files/backup.js";
import { exportsPart } from "./files/exports.js";
import { color, description, hides, picture, text, yes } from "./forms/fields.js";
import { Form } from "./forms/form.js";
import { drop, get, put } from "./store.js";

const SYSTEM = [
    text("name", "Name", 100),
    text("tag", "Tag", 79, { hint: "Stands behind the names of proxied messages, for everybody." }),
    text("pronouns", "Pronouns", 100),
    description,
    color,
    picture("avatar_url", "Avatar"),
    picture("banner", "Banner"),
    ...hides({
        name_privacy: "Name", avatar_privacy: "Avatar", description_privacy: "Description", banner_privacy: "Banner",
        pronoun_privacy: "Pronouns", member_list_privacy: "List of members", group_list_privacy: "List of groups",
        front_privacy: "Who fronts", front_history_privacy: "Who fronted",
    }),
];

const SETTINGS = [
    text("timezone", "Time zone", 64, { hint: "The one in which you type times to the bot, such as Europe/Berlin." }),
    text("name_format", "Names of proxied messages", 100, { hint: "{name} and {tag} stand for the member's name and the tag." }),
    {
        kind: "choice", name: "proxy_switch", label: "When a member speaks who does not front",
        options: [["off", "nothing is switched"], ["new", "they front alone from then on"], ["add", "they front as well"]],
    },
    yes("pings_enabled", "The 🔔 reaction pings you"),
    yes("case_sensitive_proxy_tags", "Proxy tags tell capitals from small letters"),
    yes("proxy_error_message_enabled", "The bot says why a message was not proxied"),
    yes("member_default_private", "New members are private"),
    yes("group_default_private", "New groups are private"),
    yes("hid_display_split", "IDs of six letters have a hyphen"),
    yes("hid_display_caps", "IDs in capitals"),
    yes("card_show_color_hex", "Cards name the color"),
];

const forms = {};

export async function show(body) {
    const [system, settings] = await Promise.all([get("system"), get("settings")]);
    const shown = [
        el("p", {}, "The ID is ", el("code", { textContent: system.id }), "."),
        form("system", SYSTEM, system, "Save the system").element,
        el("h3", { textContent: "Settings" }),
        form("settings", SETTINGS, settings, "Save the settings").element,
        exportsPart(),
        backupPart(),
    ];
    body.replaceChildren(...shown);
}

function form(name, fields, values, label) {
    const path = name === "system" ? "/v2/systems/@me" : "/v2/systems/@me/settings";
    forms[name] ??= new Form({
        fields,
        values,
        label,
        send: async changes => {
            const changed = await ask("PATCH", path, changes);
            await put(name, changed);
            tell(`The ${name} ${name === "system" ? "is" : "are"} saved.`);
            return changed;
        },
        refresh: () => {
            drop(name);
            return get(name);
        },
    });
    forms[name].rebase(values);
    return forms[name];
}

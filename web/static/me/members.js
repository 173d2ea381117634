// Members.
import { color, description, hides, picture, text, yes } from "./forms/fields.js";
import { Records } from "./records.js";

const MEMBER = [
    text("name", "Name", 100, { needed: true }),
    text("display_name", "Display name", 100, { hint: "Shown in the name's place on proxied messages." }),
    text("pronouns", "Pronouns", 100),
    { kind: "birthday", name: "birthday", label: "Birthday", most: 10, hint: "2001-07-11, or 07-11 without a year." },
    description,
    color,
    {
        kind: "tags", name: "proxy_tags", label: "Proxy tags", most: 100, each: 100,
        hint: "What stands before and behind the text, such as [ and ].",
    },
    picture("avatar_url", "Avatar"),
    picture("webhook_avatar_url", "Avatar for proxied messages", "Where it is to be another than the avatar."),
    picture("banner", "Banner"),
    yes("keep_proxy", "Proxied messages keep the tags"),
    yes("autoproxy_enabled", "May be autoproxied"),
    yes("tts", "Proxied messages are read aloud (text to speech)"),
    ...hides({
        visibility: "That there is this member", name_privacy: "Name", avatar_privacy: "Avatar",
        description_privacy: "Description", banner_privacy: "Banner", birthday_privacy: "Birthday",
        pronoun_privacy: "Pronouns", proxy_privacy: "Proxy tags", metadata_privacy: "When it was made, how much it wrote",
    }),
];

const records = new Records({ one: "member", many: "members", fields: MEMBER, fresh: { autoproxy_enabled: true } });

export const show = (body, id) => records.show(body, id);

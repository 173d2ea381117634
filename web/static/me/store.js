// What the API said of one's own system, asked for once and again whenever it may have changed.
import { ask } from "./api.js";

const PATHS = {
    system: "/v2/systems/@me",
    settings: "/v2/systems/@me/settings",
    // Switches name custom fronts and archived ones as well.
    members: "/v2/systems/@me/members?unlisted=true",
    groups: "/v2/systems/@me/groups?with_members=true",
};
const known = new Map();

/** One of PATHS; a promise, which everybody shares. */
export function get(name) {
    if (!known.has(name)) {
        const asked = ask("GET", PATHS[name]);
        known.set(name, asked);
        asked.catch(() => known.delete(name));
    }
    return known.get(name);
}

/** The members who stand in lists and in groups. */
export const getListed = async () => (await get("members")).filter(member => !member.custom_front && !member.archived);

/** Ask anew the next time. */
export const drop = (...names) => (names.length ? names : Object.keys(PATHS)).forEach(name => known.delete(name));

/** Put what a write answered in the place of what was there: one of a list by its ID, or the whole. */
export async function put(name, answer) {
    const had = await get(name);
    if (!Array.isArray(had)) Object.assign(had, answer);
    else if (had.some(one => one.id === answer.id)) {
        known.set(name, Promise.resolve(had.map(one => (one.id === answer.id ? { ...one, ...answer } : one))));
    } else known.set(name, Promise.resolve([...had, answer]));
}

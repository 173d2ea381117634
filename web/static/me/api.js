// Asking Rollcall's API, as every program does. Whatever it refuses comes as a Refusal.
import { getToken } from "./session.js";
import { tell } from "./dom.js";

export const ROOT = document.documentElement.dataset.root;
const MOST_WAITS = 6;
const OFFLINE = "You are offline; nothing was sent. What you typed stays here.";
const UNREACHED = "Rollcall cannot be reached just now. What you typed stays here; try again in a moment.";

/** Why something was not done. `status` is 0 where nobody answered; `fields` says what is wrong with which. */
export class Refusal extends Error {
    constructor(status, message, fields = {}) {
        super(message);
        this.status = status;
        this.fields = fields;
    }

    /** Whether what is shown here may be older than what Rollcall has. */
    get isStale() {
        return [400, 403, 404].includes(this.status) && !Object.keys(this.fields).length;
    }
}

/** The answer's JSON, or null where it has none. Waits where Rollcall says that it is too much at once. */
export async function ask(method, path, body, token = getToken()) {
    for (let waits = 0; ; waits += 1) {
        const answer = await send(method, path, token, body);
        if (answer.ok) return answer.status === 204 ? null : answer.json();
        if (answer.status !== 429 || waits === MOST_WAITS) throw await readRefusal(answer, path);
        await wait(Number(answer.headers.get("Retry-After")) || 1);
    }
}

/** The same of what is there to read for everybody, as a stranger sees it. */
export const askAsStranger = path => ask("GET", path, undefined, null);

/** Whether Rollcall knows a token. The path of the pairs tells it of everybody, also without a system. */
export async function isGood(token) {
    const answer = await send("HEAD", "/user/@me/kv", token);
    if (answer.status === 429) throw new Refusal(429, "Too many tries; wait a few seconds.");
    if (answer.status >= 500) throw new Refusal(answer.status, UNREACHED);
    return answer.ok;
}

export async function send(method, path, token, body) {
    const headers = token ? { Authorization: token } : {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
        const sent = body === undefined ? undefined : JSON.stringify(body);
        return await fetch(ROOT + path, { method, headers, body: sent, cache: "no-store", credentials: "omit" });
    } catch {
        throw new Refusal(0, navigator.onLine ? UNREACHED : OFFLINE);
    }
}

export async function readRefusal(answer, path) {
    const said = await answer.json().catch(() => ({}));
    const fields = Object.entries(said.errors ?? {}).map(([name, wrong]) => [name, wrong.map(one => one.message).join(" ")]);
    // Under /v2 a good token without a system is told 401 as well.
    const isOut = answer.status === 401 && !(path.startsWith("/v2/") && await isGood(getToken()));
    if (isOut) document.dispatchEvent(new Event("signed-out"));
    return new Refusal(answer.status, said.message ?? `Rollcall answered ${answer.status}.`, Object.fromEntries(fields));
}

async function wait(seconds) {
    tell(`That was a lot at once; it goes on in ${seconds} s.`);
    await new Promise(resolve => setTimeout(resolve, seconds * 1000));
}

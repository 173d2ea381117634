// A read of the API can be tried where it is described.

const INTERESTING = ["content-type", "etag", "cache-control", "x-ratelimit-limit", "x-ratelimit-remaining",
    "x-ratelimit-reset", "retry-after"];
const LONGEST_SHOWN = 20000;
// The tab forgets it when it is closed, and no address holds it.
const TOKEN = "token";

for (const place of document.querySelectorAll("[data-trial]")) offerTrial(place);

function make(name, properties = {}, ...inside) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...inside);
    return made;
}

function offerTrial(place) {
    const trial = JSON.parse(place.dataset.trial);
    const heading = place.closest("section").querySelector("h2").id;
    const form = make("form");
    const inputs = new Map();
    for (const [name, value] of trial.fields) {
        const id = `${heading}-${name}`;
        const input = make("input", {id, value, required: trial.required.includes(name), autocomplete: "off"});
        input.spellcheck = false;
        inputs.set(name, input);
        form.append(make("label", {htmlFor: id}, name), input);
    }
    const token = trial.token ? offerToken(form, `${heading}-token`) : null;
    const answer = make("div", {className: "answer"});
    answer.setAttribute("role", "status");
    form.append(make("button", {type: "submit"}, "Ask"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        ask(addressOf(trial, inputs), token?.value.trim(), answer);
    });
    place.append(make("details", {}, make("summary", {}, "Try it"), form, answer));
}

function offerToken(form, id) {
    const input = make("input", {id, type: "password", autocomplete: "off", value: sessionStorage.getItem(TOKEN) ?? ""});
    input.dataset.token = "";
    input.addEventListener("change", () => {
        sessionStorage.setItem(TOKEN, input.value.trim());
        for (const other of document.querySelectorAll("[data-token]")) other.value = input.value;
    });
    form.append(make("label", {htmlFor: id}, "token, kept in this tab alone"), input);
    return input;
}

function addressOf(trial, inputs) {
    let path = trial.path;
    const query = new URLSearchParams();
    for (const [name, input] of inputs) {
        const value = input.value.trim();
        if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(value));
        else if (value) query.set(name, value);
    }
    const asked = query.toString();
    return `${document.documentElement.dataset.root ?? ""}${path}${asked ? `?${asked}` : ""}`;
}

async function ask(address, token, place) {
    place.replaceChildren(make("p", {}, "…"));
    try {
        const headers = token ? {Authorization: token} : {};
        const answer = await fetch(address, {headers, cache: "no-store", redirect: "error"});
        const body = await read(answer);
        const named = INTERESTING.filter((name) => answer.headers.has(name));
        const rows = named.map((name) => `${name}: ${answer.headers.get(name)}`);
        place.replaceChildren(
            make("p", {}, make("strong", {}, `${answer.status} ${answer.statusText}`), ` from ${address}`),
            make("pre", {tabIndex: 0}, rows.join("\n")),
            make("pre", {tabIndex: 0}, body),
        );
    } catch (error) {
        place.replaceChildren(make("p", {}, `No answer came: ${error.message}`));
    }
}

async function read(answer) {
    const type = answer.headers.get("content-type") ?? "";
    if (type.startsWith("image/") && !type.includes("svg")) return `${(await answer.arrayBuffer()).byteLength} bytes`;
    const text = await answer.text();
    return shorten(type.includes("json") ? indent(text) : text);
}

function indent(text) {
    try {
        // Discord's numbers are texts here, so nothing is lost by parsing.
        return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        return text;
    }
}

function shorten(text) {
    const left = text.length - LONGEST_SHOWN;
    return left > 0 ? `${text.slice(0, LONGEST_SHOWN)}\n… and ${left} characters more` : text;
}

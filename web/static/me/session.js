// The token of this tab: kept in its sessionStorage, which ends with the tab, and nowhere else.
const KEY = "token";
let token = read();

function read() {
    try {
        return sessionStorage.getItem(KEY);
    } catch {
        return null; // A browser may keep nothing for us; then the token lasts as long as the page.
    }
}

export const getToken = () => token;

export function keepToken(given) {
    token = given;
    try {
        if (given) sessionStorage.setItem(KEY, given);
        else sessionStorage.removeItem(KEY);
    } catch {
        // As above.
    }
}

/** The Discord ID that a token names, or undefined where it is no token of Rollcall's. */
export const ownerOf = given => /^rc_(\d+)_/.exec(given ?? "")?.[1];

/** What was pasted, without what comes along when a token is copied. */
export const cleaned = pasted => pasted.replace(/[\s\u200b-\u200d\u2060\ufeff`]/g, "").replace(/^Bearer/i, "");

// Keeps a part of a page as it is now. The server draws it, here as at the first load: this fetches the page again when
// the stream says that something changed, and puts the new parts in the place of the old. No text is read from the
// stream, and none is made into markup here.
import {refreshTimes, startTimes} from "./times.js";

const SETTLE_MS = 100; // What comes within this makes one request.
const EVERY_MS = 60_000; // Also while nothing is said: a stream may be dead, and not all that is shown is streamed.
const POLL_MS = 5_000; // Without a stream; doubled up to EVERY_MS while nothing changes.
const EVENTS = ["presence", "gone", "system", "front", "reset"];

const copyOf = part => document.adoptNode(part);
const partsOf = region => [...region.querySelectorAll("[data-part]")];
// As the server wrote them: what is shown has been touched since, by times and by whoever opened a box.
const written = new WeakMap();
const note = region => partsOf(region).forEach(part => written.set(part, part.outerHTML));

class Live {
    constructor(region) {
        this.region = region;
        this.source = null;
        this.timer = null;
        this.wait = POLL_MS;
        this.busy = false;
        this.again = false;
        note(region);
    }

    start() {
        this.stop();
        if (this.region.dataset.stream) {
            this.source = new EventSource(this.region.dataset.stream);
            EVENTS.forEach(kind => this.source.addEventListener(kind, () => this.plan(SETTLE_MS)));
            this.source.onopen = () => { this.region.dataset.heard = "stream"; };
            this.source.onerror = () => {
                if (this.source?.readyState === EventSource.CLOSED) {
                    // It was refused, and does not come back by itself.
                    this.source = null;
                    this.region.dataset.heard = "polls";
                    this.plan(this.wait = POLL_MS);
                }
            };
        }
        this.plan(0);
    }

    stop() {
        this.source?.close();
        this.source = null;
        clearTimeout(this.timer);
    }

    plan(ms) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.refresh(), ms);
    }

    async refresh() {
        if (this.busy) {
            this.again = true;
            return;
        }
        this.busy = true;
        let changed = false;
        try {
            // The browser asks with the ETag that it has.
            const answer = await fetch(this.region.dataset.page, {cache: "no-cache", headers: {Accept: "text/html"}});
            if (answer.ok || answer.status === 404) {
                changed = this.show(new DOMParser().parseFromString(await answer.text(), "text/html"));
            }
        } catch {
            // No network, or the server is being started again.
        }
        this.busy = false;
        if (document.hidden || !this.region.isConnected) {
            this.stop();
            return;
        }
        if (this.again) {
            this.again = false;
            this.plan(SETTLE_MS);
        } else {
            this.wait = changed ? POLL_MS : Math.min(this.wait * 2, EVERY_MS);
            this.plan(this.source ? EVERY_MS : this.wait);
        }
    }

    // Whether anything is another than before.
    show(page) {
        const fresh = page.querySelector("[data-live]");
        if (!fresh) {
            return false;
        }
        const [before, after] = [partsOf(this.region), partsOf(fresh)];
        const same = before.length === after.length
            && before.every((part, index) => part.dataset.part === after[index].dataset.part);
        if (!same) {
            note(fresh);
            this.region.replaceChildren(...[...fresh.childNodes].map(copyOf));
            this.rename(page, fresh);
            return true;
        }
        let changed = false;
        before.forEach((part, index) => {
            const html = after[index].outerHTML;
            if (written.get(part) !== html) {
                const [opened, next] = [part.open, copyOf(after[index])];
                if (opened !== undefined) {
                    next.open = opened;
                }
                written.set(next, html);
                part.replaceWith(next);
                changed = true;
            }
        });
        if (changed) {
            this.rename(page, fresh);
        }
        return changed;
    }

    rename(page, fresh) {
        if (fresh.hasAttribute("data-gone")) {
            this.region.setAttribute("data-gone", "");
            document.querySelectorAll("h1[data-name]").forEach(heading => heading.replaceWith(copyOf(page.querySelector("h1"))));
        }
        if (new URL(this.region.dataset.page, location).pathname === location.pathname) {
            document.title = page.title;
        }
        refreshTimes();
        dispatchEvent(new CustomEvent("shown"));
    }
}

const known = new Map();

// Keep these parts of the page live, and forget those that have left it.
export const watch = () => {
    for (const [region, live] of known) {
        if (!region.isConnected) {
            live.stop();
            known.delete(region);
        }
    }
    document.querySelectorAll("[data-live][data-page]").forEach(region => {
        if (!known.has(region)) {
            known.set(region, new Live(region));
            known.get(region).start();
        }
    });
    refreshTimes();
};

document.addEventListener("visibilitychange", () => {
    known.forEach(live => (document.hidden ? live.stop() : live.start()));
});
// A page that the browser kept and shows again has no stream any more.
addEventListener("pageshow", event => event.persisted && known.forEach(live => live.start()));
addEventListener("pagehide", () => known.forEach(live => live.stop()));
watch();
startTimes();

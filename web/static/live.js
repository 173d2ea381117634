// Keeps a part of a page as it is now. The server draws it, here as at the first load: this fetches the page again when
// the stream says that something changed, and puts the new parts in the place of the old. No text is read from the
// stream, and none is made into markup here.
import {refreshTimes, startTimes} from "./times.js";

const SETTLE_MS = 100; // What comes within this makes one request.
const EVERY_MS = 60_000; // Also while nothing is said: a stream may be dead, and not all that is shown is streamed.
const POLL_MS = 5_000; // Without a stream; doubled up to EVERY_MS while nothing changes.
const EVENTS = ["presence", "gone", "system", "front", "reset"];

// What the head says of whom the page is about.
const TOLD = "meta[property], meta[name='description'], link[rel='alternate']";

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

    // Put each part that differs in its place, and leave the others alone with their focus; whether any did.
    show(page) {
        const fresh = page.querySelector("[data-live]");
        if (!fresh) {
            return false;
        }
        const parts = partsOf(fresh);
        const names = new Set(parts.map(part => part.dataset.part));
        const old = new Map(partsOf(this.region).map(part => [part.dataset.part, part]));
        let changed = false;
        old.forEach((part, name) => {
            if (!names.has(name)) {
                part.remove();
                changed = true;
            }
        });
        let place = this.region.firstElementChild;
        parts.forEach(next => {
            const [before, html] = [old.get(next.dataset.part), next.outerHTML];
            if (before && written.get(before) === html) {
                place = before.nextElementSibling;
                return;
            }
            changed = true;
            const node = copyOf(next);
            written.set(node, html);
            if (before) {
                if (before.open !== undefined) {
                    node.open = before.open;
                }
                before.replaceWith(node);
            } else {
                this.region.insertBefore(node, place);
            }
            place = node.nextElementSibling;
        });
        if (changed) {
            this.rename(page);
        }
        return changed;
    }

    // Nothing of the page may say any more what its parts do not.
    rename(page) {
        if (new URL(this.region.dataset.page, location).pathname === location.pathname) {
            document.title = page.title;
            const [heading, next] = [document.querySelector("h1"), page.querySelector("h1")];
            if (heading && next) {
                heading.replaceWith(copyOf(next));
            }
            document.querySelectorAll(TOLD).forEach(tag => tag.remove());
            document.head.append(...[...page.querySelectorAll(TOLD)].map(copyOf));
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

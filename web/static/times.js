// Instants as the reader's clock has them, and what plays: the server writes both in UTC, and without a clock.
const UNITS = [["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat("en", {numeric: "auto"});
const calendar = new Intl.DateTimeFormat([], {dateStyle: "medium", timeStyle: "short"});

// How long ago an instant was, in its largest unit; none for less than a minute.
const measure = at => {
    const seconds = (Date.now() - at) / 1000;
    const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? [];
    return [unit, Math.floor(seconds / length)];
};

const WAYS = {
    ago: at => {
        const [unit, count] = measure(at);
        return unit ? words.format(-count, unit) : "just now";
    },
    for: at => {
        const [unit, count] = measure(at);
        const length = unit && new Intl.NumberFormat("en", {style: "unit", unit, unitDisplay: "long"}).format(count);
        return `for ${length ?? "a moment"}`;
    },
    full: at => calendar.format(at),
};

const clock = ms => {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const end = String(seconds % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
};

const showTime = element => {
    const at = Date.parse(element.dateTime);
    if (Number.isNaN(at)) {
        return;
    }
    const text = WAYS[element.dataset.show](at);
    if (element.textContent !== text) {
        element.textContent = text;
        element.title = calendar.format(at);
    }
};

const showPlayed = element => {
    const [start, end] = [Number(element.dataset.start), Number(element.dataset.end)];
    const played = Math.min(Math.max(Date.now() - start, 0), end - start);
    const bar = element.querySelector("progress");
    bar.hidden = false;
    bar.value = played;
    element.querySelector(".elapsed").textContent = clock(played);
};

export const refreshTimes = () => {
    document.querySelectorAll("time[data-show]").forEach(showTime);
    document.querySelectorAll("[data-start][data-end]").forEach(showPlayed);
};

// From now on; what was noted of the page before is as the server wrote it.
export const startTimes = () => {
    refreshTimes();
    setInterval(() => document.hidden || refreshTimes(), 1000);
    document.addEventListener("visibilitychange", () => document.hidden || refreshTimes());
};

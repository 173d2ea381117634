// Dark, light, or as the system has it: chosen by the button at the top, remembered by this browser alone.
// It runs before anything is drawn, so that no page flashes in the other colours.
(() => {
    const KEY = "theme";
    const CHOICES = ["system", "dark", "light"];

    const read = () => {
        try {
            const kept = localStorage.getItem(KEY);
            return CHOICES.includes(kept) ? kept : "system";
        } catch {
            return "system"; // A browser may keep nothing for us; then a choice lasts as long as the page.
        }
    };

    const keep = choice => {
        try {
            localStorage.setItem(KEY, choice);
        } catch {
            // As above.
        }
    };

    let choice = read();
    const apply = () => {
        document.documentElement.dataset.theme = choice;
        const button = document.getElementById("theme");
        if (button) {
            button.textContent = `Theme: ${choice}`;
            button.hidden = false;
        }
    };

    apply();
    document.addEventListener("DOMContentLoaded", () => {
        apply();
        document.getElementById("theme")?.addEventListener("click", () => {
            choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
            keep(choice);
            apply();
        });
    });
    // Another tab of ours.
    addEventListener("storage", event => {
        if (event.key === KEY) {
            choice = read();
            apply();
        }
    });
})();

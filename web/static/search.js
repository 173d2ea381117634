// What is typed narrows a list; without this, all of it is there.

for (const box of document.querySelectorAll("input[data-filters]")) follow(box);

function follow(box) {
    const list = document.getElementById(box.dataset.filters);
    const items = [...list.querySelectorAll("li, tbody tr")].map(
        (item) => [item, `${item.textContent} ${item.dataset.words ?? ""} ${headingOf(item)}`.toLowerCase()]);
    const found = document.getElementById("found");
    box.form.hidden = false;
    const narrow = () => {
        const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
        let count = 0;
        for (const [item, text] of items) {
            item.hidden = !words.every((word) => text.includes(word));
            count += item.hidden ? 0 : 1;
        }
        for (const section of list.querySelectorAll("section"))
            section.hidden = !section.querySelector("li:not([hidden]), tbody tr:not([hidden])");
        found.textContent = words.length ? `${count || "Nothing"} found` : "";
    };
    box.addEventListener("input", narrow);
    box.form.addEventListener("submit", (event) => {
        event.preventDefault();
        narrow();
        list.querySelector("section:not([hidden]) a")?.focus();
    });
    narrow();
}

function headingOf(item) {
    return item.closest("section")?.querySelector("h2")?.textContent ?? "";
}

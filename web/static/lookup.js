// The box on the front page: shows the card in the page, where without this the browser goes to it.
import {watch} from "./live.js";

const form = document.querySelector("form.lookup");
const result = document.getElementById("result");

const look = async typed => {
    const address = `${form.action}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address, {headers: {Accept: "text/html"}});
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-live]") ?? page.querySelector("main");
    // One result is read out as a whole; its changes are not, but for the status.
    found.querySelectorAll("details").forEach(box => { box.open = true; });
    result.replaceChildren(document.adoptNode(found));
    watch();
    dispatchEvent(new CustomEvent("shown"));
};

if (form && result) {
    form.addEventListener("submit", async event => {
        event.preventDefault();
        result.setAttribute("aria-busy", "true");
        try {
            await look(form.elements.q.value.trim());
            result.focus();
        } catch {
            form.submit(); // The browser says better what is wrong.
        } finally {
            result.removeAttribute("aria-busy");
        }
    });
}

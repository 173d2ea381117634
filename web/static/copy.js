// Buttons that copy the lines beside them.
const BACK_MS = 1500;

const prepare = () => document.querySelectorAll("[data-copy][hidden]").forEach(button => {
    // Only a page of https, or of this machine, may write to the clipboard.
    if (!navigator.clipboard) {
        return;
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
        const label = button.firstChild;
        await navigator.clipboard.writeText(button.closest(".copied").querySelector("pre").textContent);
        label.textContent = "Copied";
        setTimeout(() => { label.textContent = "Copy"; }, BACK_MS);
    });
});

prepare();
addEventListener("shown", prepare);

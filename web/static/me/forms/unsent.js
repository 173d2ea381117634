// What was typed and not sent, so that nobody leaves the page and loses it.

/** The forms that are open: each tells by `isChanged`. */
export const watched = new Set();

export const hasUnsent = () => [...watched].some(form => form.isChanged);

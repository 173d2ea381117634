// Finding members and groups by a few letters.

const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const keys = new WeakMap();

/** What somebody can be found by: name, display name and ID, folded once. */
function keysOf(one) {
    if (!keys.has(one)) keys.set(one, [one.name, one.display_name ?? "", one.id].map(fold));
    return keys.get(one);
}

/** Who has these letters in a name or the ID. */
export function search(all, typed) {
    const wanted = fold(typed.trim());
    return wanted ? all.filter(one => keysOf(one).some(key => key.includes(wanted))) : [...all];
}

/** The same, the nearest first: whole names, then beginnings of names, then of words, then the rest. */
export function nearest(all, typed, most) {
    const wanted = fold(typed.trim());
    const distance = one => Math.min(...keysOf(one).map(key => {
        if (key === wanted) return 0;
        if (key.startsWith(wanted)) return 1;
        return key.includes(` ${wanted}`) ? 2 : 3;
    }));
    return search(all, typed).sort((one, other) => distance(one) - distance(other)).slice(0, most);
}

/** Sorted by the name that is shown. */
export const sorted = all => [...all].sort((one, other) => one.name.localeCompare(other.name));

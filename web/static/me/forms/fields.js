// What tables of fields are made of. Such a table has the API's names and limits, and our words for them.
export const text = (name, label, most, more = {}) => ({ kind: "line", name, label, most, ...more });
export const picture = (name, label, hint) => text(name, label, 256, { type: "url", hint: hint ?? "An address that starts with https://." });
export const yes = (name, label) => ({ kind: "check", name, label });
export const hides = labels => Object.entries(labels).map(([name, label]) => ({
    kind: "choice", name, label, isPrivacy: true, options: [["public", "everybody"], ["private", "only you"]],
}));
export const color = { kind: "color", name: "color", label: "Color", most: 6, hint: "Six hexadecimal digits, such as ff8800." };
export const description = { kind: "area", name: "description", label: "Description", most: 1000 };

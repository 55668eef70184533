// Reads the forms of a page, as far as the pages of a login flow need it.

export interface PageForm {
  method: string;
  /** As written; an empty one is the page's own address. */
  action: string;
  /** What the form sends as it stands: hidden fields, filled texts, ticked boxes. */
  fields: Record<string, string>;
  /** Boxes that are not ticked, with the value they would send. */
  unticked: Record<string, string>;
  html: string;
}

/** All forms of a page, in order. */
export function formsOf(html: string): PageForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map((match) => {
    const [whole, head = "", body = ""] = match;
    const form: PageForm = {
      method: (attribute(head, "method") ?? "get").toLowerCase(),
      action: attribute(head, "action") ?? "",
      fields: {},
      unticked: {},
      html: whole,
    };
    for (const [, tag = ""] of body.matchAll(/<(?:input|button)\b([^>]*)>/gi)) readInput(form, tag);
    for (const [, tag = "", options = ""] of body.matchAll(
      /<select\b([^>]*)>([\s\S]*?)<\/select>/gi,
    )) {
      const name = attribute(tag, "name");
      const all = [...options.matchAll(/<option\b([^>]*)>/gi)].map(([, option = ""]) => option);
      const chosen = all.find((option) => attribute(option, "selected") !== null) ?? all[0] ?? "";
      if (name !== null) form.fields[name] = attribute(chosen, "value") ?? "";
    }
    return form;
  });
}

/** Text with its character references read. */
function unescapeHtml(text: string): string {
  const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return named[name] ?? whole;
  });
}

function readInput(form: PageForm, tag: string): void {
  const name = attribute(tag, "name");
  if (name === null) return;
  const value = attribute(tag, "value");
  const type = attribute(tag, "type") ?? "text";
  const box = type === "checkbox" || type === "radio";
  if (box && attribute(tag, "checked") === null) form.unticked[name] = value ?? "on";
  else form.fields[name] = value ?? (box ? "on" : "");
}

/** `null` when the tag has none; empty text for a flag. */
function attribute(tag: string, name: string): string | null {
  const match = new RegExp(
    `(?:^|\\s)${name}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+)))?(?=[\\s/]|$)`,
    "i",
  ).exec(tag);
  return match === null ? null : unescapeHtml(match[1] ?? match[2] ?? match[3] ?? "");
}

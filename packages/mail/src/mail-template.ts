// Mails from texts with placeholders: `Hello {user}`. In HTML every value is escaped.

import { readFileSync } from "node:fs";
import { MailError } from "./mail-error.ts";

export interface MailTemplateOptions {
  /** One line. */
  subject?: string;
  /** Body for every mail program. */
  text?: string;
  /** A file with `text`, read once. */
  textFile?: string;
  /** Body for mail programs that show HTML. Needs a `text` of your own beside it. */
  html?: string;
  /** A file with `html`, read once. */
  htmlFile?: string;
}

/** What the placeholders stand for. */
export type MailValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The parts of a mail with every placeholder filled in. */
export interface FilledMail {
  subject: string;
  text: string;
  html?: string;
}

/**
 * Makes mails from one text. `{name}` is replaced by the value of that name; `null` by nothing.
 *
 * Line breaks and other control characters in a value become blanks, so that no value can begin a
 * line of its own. In HTML, put attributes with placeholders into double quotes.
 *
 * @param defaults Used for what `options` leave out, but its HTML only without a text of your own. HTML
 * of your own needs a text of your own.
 * @param required Placeholders of which each body must have at least one, e.g. the link.
 * @throws {TypeError} When an option is wrong, a file can't be read or `required` is missing.
 * @example
 * const mail = mailTemplate({ subject: "Hello", text: "Hello {user}" }, { text: "" });
 * mail({ user: "Ann" }); // { subject: "Hello", text: "Hello Ann" }
 */
export function mailTemplate(
  options: MailTemplateOptions,
  defaults: { subject?: string; text: string; html?: string },
  required: readonly string[] = [],
): (values: MailValues) => FilledMail {
  const own = { text: body(options, "text"), html: body(options, "html") };
  const isOwn = own.text !== undefined || own.html !== undefined;
  const subject = options.subject ?? defaults.subject ?? "";
  const { text, html } = isOwn ? own : defaults;
  if (subject === "" || /\p{Cc}/u.test(subject)) {
    throw new TypeError("subject must be one line of text");
  }
  if (text === undefined) throw new TypeError("text (or textFile) is missing beside html");
  for (const [name, part] of Object.entries({ text, html })) {
    const missing =
      part === undefined ? null : required.filter((key) => !part.includes(`{${key}}`));
    if (missing !== null && required.length > 0 && missing.length === required.length) {
      const wanted = required.map((key) => `{${key}}`).join(" or ");
      throw new TypeError(`${name} must have ${wanted}`);
    }
  }
  return (values) => ({
    subject: fill(subject, values, oneLine),
    text: fill(text, values, oneLine),
    ...(html === undefined
      ? {}
      : { html: fill(html, values, (value) => escapeHtml(oneLine(value))) }),
  });
}

function body(options: MailTemplateOptions, part: "text" | "html"): string | undefined {
  const inline = options[part];
  const file = options[`${part}File`];
  if (inline !== undefined && file !== undefined) {
    throw new TypeError(`${part} and ${part}File are both set`);
  }
  if (file === undefined) return inline;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new TypeError(`${part}File: '${file}' cannot be read`, { cause });
  }
}

/** @throws {MailError} `ERR_MAIL_MESSAGE` for a placeholder that has no value. */
function fill(template: string, values: MailValues, print: (value: string) => string): string {
  return template.replaceAll(/\{([A-Za-z_][\w.-]*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) {
      throw new MailError("ERR_MAIL_MESSAGE", `the mail's {${name}} has no value`);
    }
    return print(String(values[name] ?? ""));
  });
}

function oneLine(value: string): string {
  return value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

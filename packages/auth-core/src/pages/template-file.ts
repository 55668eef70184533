// A page from an application's own HTML file.

import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { Eta } from "eta";
import type { Template } from "../pages.ts";

export interface TemplateFileOptions {
  /** Read the file again for every page. Default: unless `NODE_ENV` is `production`. */
  reload?: boolean;
}

/**
 * A page from an HTML file with Eta's tags. `<%= it.error?.message %>` prints escaped, the page's data is in
 * `it`, and `include("./head.html")` finds files beside it. A form needs all hidden fields:
 * `<input type="hidden" name="<%= it.csrf.name %>" value="<%= it.csrf.value %>">`, the same with `it.next`, and with
 * each of `it.view.hidden` where there are any.
 *
 * @param path Relative to the working directory.
 * @throws {TypeError} when the file can't be read or has a syntax error.
 * @see https://eta.js.org
 */
export function templateFile<Page extends object>(
  path: string,
  options: TemplateFileOptions = {},
): Template<Page> {
  const { reload = process.env["NODE_ENV"] !== "production" } = options;
  const file = resolve(path);
  const eta = new Eta({
    views: dirname(file),
    defaultExtension: "",
    cache: !reload,
    // Eta alone would print the words `null` and `undefined`.
    autoFilter: true,
    filterFunction: (value) => String(value ?? ""),
  });
  try {
    eta.compile(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new TypeError(`templateFile: path "${path}" is not a readable template`, { cause });
  }
  return (page) => eta.render(basename(file), page);
}

// The journey of a login form, as a browser without scripts makes it.

import { type Browser, formsOf, type LastStep } from "@latchkey/testing";

/** Reads the form of a page and fills it in; sending it is left to the caller. */
export async function fillIn(
  browser: Browser,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<LastStep> {
  const page = await browser.get(path);
  return filledIn(page.text, path, fields);
}

/** The same, on a page that is there already. */
export function filledIn(
  html: string,
  path: string,
  fields: Readonly<Record<string, string>>,
): LastStep {
  const form = formsOf(html).find(({ method }) => method === "post");
  if (form === undefined) throw new Error(`${path} has no form that posts: ${html.slice(0, 200)}`);
  const action = new URL(form.action, `http://localhost${path}`);
  const path2 = action.pathname + action.search;
  return { method: "POST", path: path2, fields: { ...form.fields, ...fields } };
}

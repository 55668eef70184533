// What a visitor does with the pages of a flow: opens one, and sends the form that is on it.

import { type Answer, type Browser, form, ORIGIN } from "./test-app.ts";

/** A flow, such as `createLoginFlow` makes one. */
export type Flow = Parameters<Browser["send"]>[0];

/** Opens a page as a browser does. */
export function open(browser: Browser, flow: Flow, url: string, method = "GET"): Promise<Answer> {
  return browser.send(flow, { method, url, headers: { accept: "text/html" } });
}

/** Sends the form of a page, its hidden fields with it. */
export function post(
  browser: Browser,
  flow: Flow,
  page: Pick<Answer, "body">,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const [, url = "/login"] = /action="([^"]*)"/.exec(page.body) ?? [];
  const inputs = page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  const hidden = [...inputs].map(([, name = "", value = ""]) => [name, value]);
  return browser.send(flow, {
    method: "POST",
    url: url.replaceAll("&amp;", "&"),
    headers: { ...form, origin: ORIGIN, accept: "text/html" },
    body: { ...Object.fromEntries(hidden), ...fields },
  });
}

/** Opens a page, fills it in and sends it. */
export async function submit(
  browser: Browser,
  flow: Flow,
  url: string,
  fields: Record<string, string>,
): Promise<Answer> {
  return post(browser, flow, await open(browser, flow, url), fields);
}

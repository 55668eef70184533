// Other ways to log in, below the form.

import { expect, test } from "vitest";
import { createLoginFlow } from "../src/login-flow.ts";
import type { LoginLink } from "../src/login-method.ts";
import { fixedMethod, passwordMethod, view } from "./password-method.ts";
import { type Data, testApp, type User } from "./test-app.ts";

const links: LoginLink[] = [
  { label: "Log in with Google", url: "/login/google" },
  { label: "Log in by e-mail", url: "/login/mail?lang=en#form" },
  { label: "Our other site", url: "https://other.example/login" },
];

async function shown(url: string, method = passwordMethod()): Promise<(string | undefined)[]> {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, method, { links });
  return ((await browser().view(flow, url)).view.links ?? []).map((link) => link.url);
}

test("each is told where to go next, once; another site is not", async () => {
  expect(await shown("/login?next=/a%3Fb=1")).toEqual([
    "/login/google?next=%2Fa%3Fb%3D1",
    "/login/mail?lang=en&next=%2Fa%3Fb%3D1#form",
    "https://other.example/login",
  ]);
});

test("the page shows them; there is nothing to tell without a next page", async () => {
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, passwordMethod(), { links });
  const { body } = await browser().send(flow, { headers: { accept: "text/html" } });
  expect(body).toContain('<a href="/login/google">Log in with Google</a>');
});

test("come after the method's own, and not on a later page, or one that logs nobody in", async () => {
  const own = { label: "Forgot your password?", url: "?forgot" };
  const first = fixedMethod(() => ({ kind: "show", view: { ...view, links: [own] } }));
  const { context, browser } = testApp();
  const flow = createLoginFlow<User, Data>(context, first, { links });
  const urls = (await browser().view(flow)).view.links?.map(({ url }) => url);
  expect(urls).toEqual(["?forgot", ...links.map(({ url }) => url)]);
  const remember = { key: "a random key", value: {} };
  const signup = {
    ...fixedMethod(() => ({ kind: "show", view: { ...view, logsIn: false } })),
    name: "signup",
  };
  const third = createLoginFlow<User, Data>(context, signup, { links });
  expect((await browser().view(third)).view.links).toBeUndefined();
  const later = { ...fixedMethod(() => ({ kind: "show", view, remember })), name: "later" };
  const second = createLoginFlow<User, Data>(context, later, { links });
  expect((await browser().view(second)).view.links).toBeUndefined();
});

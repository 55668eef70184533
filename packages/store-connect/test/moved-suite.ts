// What holds for a person with a cookie of any old application, once the new one is there.

import type { RequestListener } from "node:http";
import { expect, it } from "vitest";
import { type NewApp, newPlainApp, type Options } from "./new-apps.ts";
import { type Browser, browser, get, serve } from "./serve.ts";

export interface World {
  old: number;
  now: number;
  next: NewApp;
  /** Ada's browser, logged in by the old application. */
  ada: Browser;
  /** Its `Cookie` header then. */
  header: string;
}

/** @param login Where the old application logs Ada in. */
export async function world(
  oldApp: RequestListener,
  options: Options,
  login = "/login",
): Promise<World> {
  const old = await serve(oldApp);
  const ada = browser();
  await ada.get(old, login);
  const header = [...ada.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const next = newPlainApp(options);
  return { old, now: await serve(next.app), next, ada, header };
}

/**
 * @param names Cookies of the old application.
 * @param copiesOf Headers that look like one of it to those who don't look closely.
 */
export function movedSuite(
  open: (options?: Partial<Options>) => Promise<World>,
  names: readonly string[],
  copiesOf: (header: string) => readonly string[] = () => [],
): void {
  it("is logged in without a login, and the old cookies are removed", async () => {
    const { now, ada } = await open();
    expect([...ada.jar.keys()].sort()).toEqual(names);
    expect(await ada.get(now, "/me")).toMatchObject({ status: 200, body: "ada: tea" });
    expect([...ada.jar.keys()]).toEqual(["sid"]);
    expect(await ada.get(now, "/me")).toMatchObject({ body: "ada: tea", setCookies: [] });
  });

  it("is not logged in by any copy of the old cookie once the moment is over", async () => {
    let time = Date.now();
    const { now, next, ada, header } = await open({ now: () => time });
    await ada.get(now, "/me");
    await ada.get(now, "/leave");
    time += 10_000;
    for (const copy of [header, ...copiesOf(header)]) {
      expect((await get(now, "/me", copy)).body).toBe("nobody");
    }
    expect(await next.sessions()).toEqual([]);
  });

  it("sends 50 requests at once: each is answered as theirs", async () => {
    const { now, header } = await open();
    const answers = await Promise.all(Array.from({ length: 50 }, () => get(now, "/me", header)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["ada: tea"]));
  });
}

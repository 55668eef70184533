import { describe, expect, test } from "vitest";
import type { Answer } from "../../auth-core/test/test-app.ts";
import { SECOND } from "../../auth-core/test/test-app.ts";
import { post } from "../../auth-core/test/test-pages.ts";
import { ask } from "./code-app.ts";
import { ann, appOf, mailbox, received } from "./email-code-app.ts";

describe("32: whether an address may log in is not told", () => {
  const accepts = (address: string): boolean => address === ann;

  test("known and unknown get the same page, and only the known one a mail", async () => {
    const { flow, browser } = appOf({ accepts });
    const unknown = await ask(browser(), flow, "eve@example.org");
    const known = await ask(browser(), flow);
    const plain = ({ status, body, headers }: Answer): unknown => ({
      status,
      headers,
      body: body
        .replaceAll("eve@example.org", ann)
        .replaceAll(/(name="(?:key|_csrf)" value=")[^"]*/g, "$1"),
    });
    expect(plain(unknown)).toEqual(plain(known));
    expect(unknown.body).toContain("can log in here");
    await received();
    expect(mailbox.mails.map(({ to }) => to)).toEqual([[ann]]);
  });

  test("31: the answer waits neither for the look-up nor for the mail", async () => {
    let asked = 0;
    const hanging = { send: () => new Promise<void>(() => {}) };
    const { flow, browser } = appOf({
      mailer: hanging,
      accepts: (address) => {
        asked += 1;
        return accepts(address);
      },
    });
    expect((await ask(browser(), flow)).status).toBe(200);
    expect(asked).toBe(0);
  });

  test("a mail that can't be sent is told to the operator only", async () => {
    const { flow, browser, faults } = appOf({ accepts: () => true });
    expect((await ask(browser(), flow, "nobody@example.org")).status).toBe(200);
    while (faults.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(faults).toMatchObject([{ code: "ERR_MAIL_REFUSED" }]);
  });

  test("11: who is not accepted any more is refused with the right code", async () => {
    let open = true;
    const { flow, browser } = appOf({ accepts: () => open });
    const tab = browser();
    const page = await ask(tab, flow);
    const { code } = await received();
    open = false;
    expect((await post(tab, flow, page, { password: code })).status).toBe(401);
  });
});

test("46: no more than five mails an hour to one address from one network", async () => {
  const { flow, browser, advance } = appOf();
  const statuses: number[] = [];
  for (let i = 1; i <= 7; i++) {
    const ip = `2001:db8:1:2::${i}`;
    statuses.push((await ask(browser({ ip }), flow)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 503, 503]);
  expect(mailbox.mails).toHaveLength(5);
  const other = await ask(browser({ ip: "2001:db8:1:3::1" }), flow);
  expect(other.status).toBe(200);
  advance(3_600 * SECOND);
  expect((await ask(browser({ ip: "2001:db8:1:2::1" }), flow)).status).toBe(200);
});

test("strangers who ask for all codes of an address don't keep out who logged in before", async () => {
  const first = appOf({ limits: { perAddress: 2 } });
  const owner = first.browser({ ip: "203.0.113.1" });
  const page = await ask(owner, first.flow);
  expect((await post(owner, first.flow, page, { password: (await received()).code })).status).toBe(
    303,
  );
  for (let i = 1; i < 5; i++) await ask(first.browser({ ip: `198.51.100.${i}` }), first.flow);
  expect((await ask(first.browser({ ip: "198.51.100.9" }), first.flow)).status).toBe(503);
  expect((await ask(owner, first.flow)).status).toBe(200);
});

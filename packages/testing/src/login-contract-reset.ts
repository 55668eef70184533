// Row 38: a mailed link sets one password, however many use it at once, and ends all sessions.

import { expectEqual, expectStatus, expectTrue } from "./adapter-contract-expect.ts";
import { sessionCookieLines, whoIs } from "./adapter-contract-steps.ts";
import { type LoginRule, send } from "./login-contract-steps.ts";

const USES = 50;

export const resetRace: LoginRule = {
  name: `of ${USES} uses of a link for a new password at once one counts, and all sessions end (row 38)`,
  async check({ reset }, newBrowser) {
    if (reset === undefined) return; // Nobody forgets anything here.
    const [one, two] = [newBrowser(), newBrowser()];
    for (const browser of [one, two]) {
      expectStatus(await send(browser, await reset.begin(browser, null)), 303, "a login before");
      expectEqual(await whoIs(browser), reset.userId, "who is logged in before");
    }
    const link = await reset.ask(newBrowser());
    const uses = await Promise.all(
      Array.from({ length: USES }, async (_, index) => {
        const [browser, password] = [newBrowser(), `chosen in the race ${index}`];
        return { browser, password, step: await reset.fill(browser, link, password) };
      }),
    );
    const answers = await Promise.all(uses.map(({ browser, step }) => send(browser, step)));
    const [winner, ...more] = uses.filter((_, index) => answers[index]?.status === 200);
    if (winner === undefined) throw new Error("none of the uses set a password");
    expectEqual(more.length, 0, "further uses that are told that they set a password");
    for (const answer of answers) {
      expectStatus(answer, [200, 400], "a use of the link");
      expectEqual(sessionCookieLines(answer), [], "session cookies of a use of the link");
    }
    for (const browser of [one, two]) {
      expectEqual(await whoIs(browser), null, "who is still logged in from before");
    }
    const late = newBrowser();
    const opened = await late.get(link);
    expectTrue(opened.status >= 400, `the link afterwards: status ${opened.status}`);
    const login = await send(late, await reset.begin(late, winner.password));
    expectStatus(login, 303, "a login with the password of the one that counted");
    expectEqual(await whoIs(late), reset.userId, "who is logged in afterwards");
  },
};

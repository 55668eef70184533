// Data for every page, and all pages rendered from it.

import { adminPage } from "../src/pages/admin-page.ts";
import { homePage } from "../src/pages/home-page.ts";
import { membersPage } from "../src/pages/members-page.ts";
import { notFoundPage } from "../src/pages/not-found-page.ts";
import type { PageResult } from "../src/pages/page.ts";
import type { ListedSession } from "../src/pages/session-table.ts";
import { sessionsPage } from "../src/pages/sessions-page.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const now = Date.UTC(2030, 0, 15, 12);

export const csrf = { name: "_csrf", value: "token-1" };

export function session(id: string, change: Partial<ListedSession> = {}): ListedSession {
  return {
    id,
    agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ip: "192.0.2.1",
    createdAt: now - 3 * DAY,
    lastSeenAt: now - 3 * MINUTE,
    expiresAt: now + 27 * DAY,
    ...change,
  };
}

/** Every page; every piece of text in them is `text` where given. */
export function allPages(text?: string): Record<string, PageResult> {
  const say = (usual: string): string => text ?? usual;
  const user = { id: say("alpha"), role: say("admin") };
  const sessions = ["one", "two", "three"].map((id) =>
    session(say(id), { agent: say("curl/8.0"), ip: say("192.0.2.1") }),
  );
  const hidden = { name: say(csrf.name), value: say(csrf.value) };
  return {
    home: homePage({ user, visits: 3, origin: say("http://localhost:3000") }),
    homeOfNobody: homePage({ user: null, visits: 1 }),
    members: membersPage({ user }),
    admin: adminPage({ user }),
    sessions: sessionsPage({ sessions, currentId: "none of them", csrf: hidden, now }),
    noSessions: sessionsPage({ sessions: [], currentId: "one", csrf: hidden, now }),
    notFound: notFoundPage(),
  };
}

// A request of the session model begins: its cookie opens what it must, and nothing else.
import type { Exchange, LiveSession, Sessions } from "@latchkey/session-core";
import type { Ledger, Life, Mark } from "./session-model-ledger.ts";

export interface User {
  id: string;
}
export type Data = Record<string, unknown>;

/** A browser, as far as it matters here: the one cookie that it holds. */
export interface Jar {
  cookie: string | null;
}

export interface World {
  ledger: Ledger;
  users: readonly [string, string];
  /** Others may come in between here. */
  pause: (where: string) => Promise<void>;
  advance: (ms: number) => Promise<void>;
}

/** A request's session, and what the ledger knows of it. */
export interface Opened {
  session: LiveSession<User, Data>;
  /** The `Set-Cookie` lines of its response so far. */
  lines: readonly string[];
  at: Mark;
  /** What the cookie that it came with stood for. */
  sent: Life | null;
}

/** Opens the session of a cookie: it is there if it must be, and isn't if it has ended. */
export async function openSession(
  { ledger }: World,
  sessions: Sessions<User, Data>,
  name: string,
  cookie: string | null,
): Promise<Opened> {
  const lines: string[] = [];
  const sent = cookie === null ? null : (ledger.lives.get(cookie) ?? null);
  const begun = ledger.mark();
  const ended = sent !== null && ledger.hasEnded(sent, begun);
  const idleEnd = sent === null ? 0 : ledger.idleEnd(sent);
  const session = await sessions.open(exchangeFor(cookie, lines));
  const at = ledger.mark();
  const there = session.id !== null;
  if (sent === null) {
    ledger.check(!there, "a session without a cookie that was given for it");
    return { session, lines, at, sent };
  }
  const gone = !there && !ledger.mayHaveEnded(sent, at, idleEnd);
  ledger.check(!gone, `${name}: a session that nothing has ended is gone: ${whatOf(sent)}`);
  ledger.check(!(ended && there), `${name}: a session that has ended is back: ${whatOf(sent)}`);
  if (there) {
    ledger.check(session.id === sent.account.id, "a cookie that opens another session");
    ledger.check((session.user?.id ?? null) === sent.user, "a cookie that opens another user");
    ledger.checkData(sent.contents, session.data, begun, at);
  }
  return { session, lines, at, sent };
}

export function whatOf({ user, birth, rotations, account }: Life): string {
  const how = rotations.some(({ done }) => done !== null) ? "rotated" : "";
  const ended = account.endings.some(({ done }) => done !== null) ? "logged out or revoked" : "";
  return `${user ?? "anonymous"}, since ${birth.done.clock} ${how} ${ended}`.trim();
}

function exchangeFor(cookie: string | null, lines: string[]): Exchange {
  return {
    method: "POST",
    url: "/",
    protocol: "http",
    host: "model.example",
    ip: "192.0.2.1",
    getHeader: (name) => (name === "cookie" && cookie !== null ? `sid=${cookie}` : undefined),
    appendHeader: (_name, value) => {
      lines.push(value);
    },
  };
}

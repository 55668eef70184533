// Which sessions here were begun by which session at an OpenID provider, so that a logout there ends
// exactly those, also the one of a login that is still under way.

import { createHash } from "node:crypto";
import type { BegunSession, SessionOfUser } from "@latchkey/auth-core";
import { type Store, type StoredRecord, StoreError } from "@latchkey/session-core";
import type { TokenKeeper } from "./token-keeper.ts";

/** Whom an ID token named. */
interface ProvenLogin {
  userId: string;
  /** Under which id its tokens are kept. */
  tokens: string | null;
  sub: string;
  /** The session at the provider, where it says one. */
  sid: string | null;
  /** `iat`: seconds by the provider's clock. */
  issuedAt: number;
}

/** A session here that one at the provider began. */
interface NotedSession extends SessionOfUser {
  tokens: string | null;
}

/** Whose sessions are all over. */
interface EndedUser {
  /** By the last login. */
  userId: string;
  /** What logins began, also under another id: an address may have changed since. */
  sessions: NotedSession[];
}

export interface ProviderSessions {
  /** Notes what a login began; `false` if the provider has ended it meanwhile. */
  begin(login: ProvenLogin, session: BegunSession): Promise<boolean>;
  /**
   * What a session at the provider began here.
   *
   * @param until Seconds: logins with an ID token issued until then are over, too.
   * @param mayMark Asked whether that is noted of a session that began nothing here so far.
   */
  endSid(sid: string, until: number, mayMark?: () => Promise<boolean>): Promise<NotedSession[]>;
  /** `null` for somebody who never logged in here. */
  endSub(sub: string, until: number): Promise<EndedUser | null>;
  /** What belonged to sessions that have ended: their tokens, and that they were there. */
  forget(sessions: readonly NotedSession[]): Promise<void>;
  /** The tokens of all of a user's sessions. */
  forgetUser(userId: string): Promise<void>;
}

/** Longer than any login takes from its ID token to its session, in milliseconds. */
const UNDER_WAY_MS = 600_000;
/** More than one session at a provider, or one user there, ever begins. */
const MAX_SESSIONS = 1_000;

/** Each session is noted under both. */
type Kind = "sid" | "sub";

interface Content {
  owner: string | null;
  data: string;
  expiresAt: number;
}

interface ProviderSessionsParts {
  /** The login's: user ids go by it, sessions by the issuer. */
  name: string;
  issuer: string;
  tokens: Pick<TokenKeeper, "forget" | "forgetUser">;
  now: () => number;
}

export function createProviderSessions(
  store: Store,
  { name, issuer, tokens, now }: ProviderSessionsParts,
): ProviderSessions {
  const recordId = (kind: Kind, id: string): string => `oidc:session:${kind}:${id}`;
  const userRecord = (sub: string): string => `oauth2:${name}:sub:${digest(issuer, sub)}`;
  const ownerOf: Record<Kind, (value: string) => string> = {
    sid: (sid) => `oidc:sid:${digest(issuer, sid)}`,
    sub: userRecord,
  };
  const overId = (kind: Kind, value: string): string => `oidc:over:${digest(issuer, kind, value)}`;

  async function put(id: string, make: (before: StoredRecord | null) => Content): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const before = await store.get(id);
      const at = now();
      const next = { id, ...make(before), seenAt: at };
      const isWritten =
        before === null
          ? await store.create({ ...next, createdAt: at, version: 1 })
          : await store.replace({ ...before, ...next, version: before.version + 1 });
      if (isWritten) return;
    }
    throw new StoreError("ERR_STORE_UNAVAILABLE", "too many write the same record at once");
  }

  /** First of all, so that a login that ends at the same moment sees it, or is seen. */
  function markOver(kind: Kind, value: string, until: number): Promise<void> {
    return put(overId(kind, value), (before) => ({
      owner: null,
      data: JSON.stringify(Math.max(until, numberIn(before))),
      expiresAt: now() + UNDER_WAY_MS,
    }));
  }

  async function isOver(kind: Kind, value: string, issuedAt: number): Promise<boolean> {
    return issuedAt <= numberIn(await store.get(overId(kind, value)));
  }

  async function forget(sessions: readonly NotedSession[]): Promise<void> {
    for (const one of sessions) {
      if (one.tokens !== null) await tokens.forget(one.tokens);
      for (const kind of ["sid", "sub"] as const) await store.delete(recordId(kind, one.sessionId));
    }
  }

  async function noted(kind: Kind, value: string): Promise<NotedSession[]> {
    const records = await store.listByOwner(ownerOf[kind](value), MAX_SESSIONS);
    return records.map(({ data }): NotedSession => JSON.parse(data));
  }

  return {
    async begin({ userId, tokens: kept, sub, sid, issuedAt }, { id, endsAt }) {
      const session: NotedSession = { userId, sessionId: id, tokens: kept };
      const data = JSON.stringify(session);
      // One record of each kind for each session: a later login of the same browser moves it.
      for (const [kind, value] of [
        ["sid", sid],
        ["sub", sub],
      ] as const) {
        if (value === null) await store.delete(recordId(kind, id));
        else {
          const owner = ownerOf[kind](value);
          await put(recordId(kind, id), () => ({ owner, data, expiresAt: endsAt }));
        }
      }
      await put(userRecord(sub), (before) => ({
        owner: null,
        data: JSON.stringify(userId),
        expiresAt: Math.max(endsAt, before?.expiresAt ?? 0),
      }));
      const over =
        (await isOver("sub", sub, issuedAt)) ||
        (sid !== null && (await isOver("sid", sid, issuedAt)));
      if (over) await forget([session]);
      return !over;
    },
    async endSid(sid, until, mayMark = async () => true) {
      const isKnown = (await store.listByOwner(ownerOf.sid(sid), 1)).length > 0;
      if (isKnown || (await mayMark())) await markOver("sid", sid, until);
      return noted("sid", sid);
    },
    async endSub(sub, until) {
      await markOver("sub", sub, until);
      const record = await store.get(userRecord(sub));
      if (record === null) return null;
      return { userId: JSON.parse(record.data), sessions: await noted("sub", sub) };
    },
    forget,
    forgetUser: async (userId) => void (await tokens.forgetUser(userId)),
  };
}

/** The last moment that is over; before all time when none is. */
function numberIn(record: StoredRecord | null): number {
  return record === null ? Number.NEGATIVE_INFINITY : Number(record.data);
}

function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

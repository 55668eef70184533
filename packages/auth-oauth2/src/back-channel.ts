// Back-channel logout: the provider's server posts a logout token to the login URL, and the sessions
// here that it is about end.

import { createHash } from "node:crypto";
import type { Answered, LoginRequest, LoginStep } from "@latchkey/auth-core";
import type { Reply, Store } from "@latchkey/session-core";
import { LOGOUT_TOKEN_AGE_MS, type LogoutToken, verifyLogoutToken } from "./logout-token.ts";
import { OAuth2Error } from "./oauth2-error.ts";
import type { ProviderSessions } from "./provider-sessions.ts";
import type { TokenVerifier } from "./signed-token.ts";

interface BackChannelParts {
  name: string;
  store: Store;
  sessions: ProviderSessions;
  verifier: () => Promise<TokenVerifier>;
  onError: (error: OAuth2Error) => void;
  now: () => number;
}

/** What a logout token is about, and what to do once it is over. */
interface Ending extends Pick<Answered, "endSessions" | "endSessionsOf"> {
  forget(): Promise<void>;
}

/** Answers requests with a logout token; `null` when the request is something else. */
export function createBackChannel(
  parts: BackChannelParts,
): (request: LoginRequest) => Promise<LoginStep<never>> | null {
  const { name, store, sessions, verifier, onError, now } = parts;

  async function logout(token: string): Promise<LoginStep<never>> {
    try {
      const verified = await verifyLogoutToken(token, await verifier());
      if ((await store.get(usedId(verified))) !== null) throw usedBefore();
      const { forget, ...ended } = await whatEnds(verified);
      // Used up only once the sessions have ended: after a fault the provider sends it again.
      const reply = (): Promise<Reply> =>
        answer(async () => {
          await forget();
          await use(verified);
        });
      return { kind: "reply", reply, ...ended };
    } catch (error) {
      return { kind: "reply", reply: refusal(error) };
    }
  }

  async function whatEnds({ sub, sid, issuedAt }: LogoutToken): Promise<Ending> {
    // §2.5: with both, it is this one session's.
    if (sid !== null) {
      const endSessions = await sessions.endSid(sid, issuedAt);
      return { endSessions, forget: () => sessions.forget(endSessions) };
    }
    const ended = sub === null ? null : await sessions.endSub(sub, issuedAt);
    if (ended === null) return { forget: async () => {} };
    const { userId, sessions: noted } = ended;
    return {
      endSessionsOf: userId,
      endSessions: noted.filter((one) => one.userId !== userId),
      async forget() {
        await sessions.forget(noted);
        await sessions.forgetUser(userId);
      },
    };
  }

  /** Of many at once, one gets through. */
  async function use(token: LogoutToken): Promise<void> {
    const at = now();
    const isFirst = await store.create({
      id: usedId(token),
      owner: null,
      data: '""',
      createdAt: at,
      seenAt: at,
      expiresAt: at + 2 * LOGOUT_TOKEN_AGE_MS,
      version: 1,
    });
    if (!isFirst) throw usedBefore();
  }

  async function answer(act: () => Promise<void>): Promise<Reply> {
    try {
      await act();
      return replyOf(200, "");
    } catch (error) {
      return refusal(error);
    }
  }

  /** A fault of the store is not the provider's. */
  function refusal(error: unknown): Reply {
    if (!(error instanceof OAuth2Error)) throw error;
    onError(error);
    // §2.8. Anything else than 400 for what may pass, so that the provider tries again.
    const isBad = error.code === "ERR_TOKEN_INVALID";
    const code = isBad ? "invalid_request" : "temporarily_unavailable";
    return replyOf(isBad ? 400 : 503, JSON.stringify({ error: code }));
  }

  function usedId({ jti }: LogoutToken): string {
    return `oauth2:${name}:jti:${createHash("sha256").update(jti).digest("base64url")}`;
  }

  return ({ method, fields }) => {
    const token = method === "POST" ? fields["logout_token"] : undefined;
    return token === undefined ? null : logout(token);
  };
}

function usedBefore(): OAuth2Error {
  return new OAuth2Error("ERR_TOKEN_INVALID", "the logout token was used before");
}

function replyOf(status: number, body: string): Reply {
  const headers: Reply["headers"] = [["cache-control", "no-store"]];
  if (body !== "") headers.push(["content-type", "application/json"]);
  return { status, headers, body };
}

// Back-channel logout: the provider's server posts a logout token to the login URL, and the user's
// sessions here end.

import { createHash } from "node:crypto";
import type { LoginRequest, LoginStep } from "@latchkey/auth-core";
import type { Reply, Store } from "@latchkey/session-core";
import { LOGOUT_TOKEN_AGE_MS, verifyLogoutToken } from "./logout-token.ts";
import { OAuth2Error } from "./oauth2-error.ts";
import type { OidcLoginOptions } from "./oidc-options.ts";
import type { TokenVerifier } from "./signed-token.ts";

const LIFETIME_MS = 30 * 86_400_000;

interface BackChannel {
  /** Which user a later logout token is about. */
  remember(userId: string, claims: { sub: string; [claim: string]: unknown }): Promise<void>;
  /** `null` when the request is something else. */
  step(request: LoginRequest): Promise<LoginStep<never>> | null;
}

interface BackChannelParts {
  name: string;
  verifier: () => Promise<TokenVerifier>;
  onError: (error: OAuth2Error) => void;
}

/**
 * @returns `null` when it is not wanted.
 * @throws {TypeError} That names the option.
 */
export function createBackChannel(
  { backChannelLogout = false, store, now = Date.now }: OidcLoginOptions,
  { name, verifier, onError }: BackChannelParts,
): BackChannel | null {
  if (!backChannelLogout) return null;
  if (!store) throw new TypeError("backChannelLogout needs a store");
  const records = createIdRecords(store, name, now);

  async function logout(token: string): Promise<LoginStep<never>> {
    try {
      const { jti, sub, sid } = await verifyLogoutToken(token, await verifier());
      const bySid = sid === null ? null : await records.get("sid", sid);
      const userId = bySid ?? (sub === null ? null : await records.get("sub", sub));
      // Last: after a fault of the store the provider sends the same token again.
      if (!(await records.create("jti", jti, "", 2 * LOGOUT_TOKEN_AGE_MS))) {
        throw new OAuth2Error("ERR_TOKEN_INVALID", "the logout token was used before");
      }
      const reply = replyOf(200, "");
      return { kind: "reply", reply, ...(userId === null ? {} : { endSessionsOf: userId }) };
    } catch (error) {
      if (!(error instanceof OAuth2Error)) throw error;
      onError(error);
      // §2.8. Anything else than 400 for what may pass, so that the provider tries again.
      const isBad = error.code === "ERR_TOKEN_INVALID";
      const body = JSON.stringify({ error: isBad ? "invalid_request" : "temporarily_unavailable" });
      return { kind: "reply", reply: replyOf(isBad ? 400 : 503, body) };
    }
  }

  return {
    async remember(userId, { sub, sid }) {
      await records.put("sub", sub, userId);
      if (typeof sid === "string" && sid !== "") await records.put("sid", sid, userId);
    },
    step({ method, fields }) {
      const token = method === "POST" ? fields["logout_token"] : undefined;
      return token === undefined ? null : logout(token);
    },
  };
}

function replyOf(status: number, body: string): Reply {
  const headers: Reply["headers"] = [["cache-control", "no-store"]];
  if (body !== "") headers.push(["content-type", "application/json"]);
  return { status, headers, body };
}

/** One value for each name that the provider gives something. */
function createIdRecords(store: Store, method: string, now: () => number) {
  const idOf = (kind: string, id: string): string =>
    `oauth2:${method}:${kind}:${createHash("sha256").update(id).digest("base64url")}`;

  async function create(kind: string, id: string, data: string, forMs: number): Promise<boolean> {
    const at = now();
    const times = { createdAt: at, seenAt: at, expiresAt: at + forMs };
    return store.create({
      id: idOf(kind, id),
      owner: null,
      data: JSON.stringify(data),
      ...times,
      version: 1,
    });
  }
  return {
    create,
    async get(kind: string, id: string): Promise<string | null> {
      const record = await store.get(idOf(kind, id));
      return record === null ? null : JSON.parse(record.data);
    },
    /** The last login counts. */
    async put(kind: string, id: string, data: string): Promise<void> {
      for (let tries = 0; tries < 20; tries++) {
        if (await create(kind, id, data, LIFETIME_MS)) return;
        const record = await store.get(idOf(kind, id));
        if (record === null) continue;
        const next = { ...record, data: JSON.stringify(data), expiresAt: now() + LIFETIME_MS };
        if (await store.replace({ ...next, version: record.version + 1 })) return;
      }
    },
  };
}

// The whole login flow of auth-core, as a program would use it, on a memory store and a real directory.

import { createFlowContext, createLoginFlow, type LoginFlow } from "@latchkey/auth-core";
import { createSessions, type Exchange, type Reply } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type LdapLoginError,
  type LdapLoginOptions,
  type LdapUser,
  ldapLogin,
} from "../src/index.ts";
import { BASE, type Directory, missing, PEOPLE, startDirectory } from "./directory.ts";

type Data = Record<string, unknown>;

interface Answer extends Reply {
  user: LdapUser | null;
  header(name: string): string | undefined;
}

describe.skipIf(missing !== null)("through the login flow", { timeout: 30_000 }, () => {
  let directory: Directory;
  let cookie = "";
  const errors: LdapLoginError[] = [];
  const store = memoryStore();
  const sessions = createSessions<LdapUser, Data>({
    store,
    keys: ["a secret of thirty-two characters or more"],
  });
  const context = createFlowContext({
    store,
    endSessions: (id, exceptId) => sessions.revokeAll(id, exceptId),
    endSession: (userId, id) => sessions.revoke(userId, id),
  });
  let here: LoginFlow<LdapUser, Data>;
  let away: LoginFlow<LdapUser, Data>;

  beforeAll(async () => {
    directory = await startDirectory();
    const options: LdapLoginOptions = {
      ...directory.search,
      search: { base: BASE, filter: "(|(uid={user})(mail={user}))", user: "{uid}" },
      onError: (error) => void errors.push(error),
    };
    const nowhere = { ...options, name: "away", url: "ldap://localhost:1" };
    here = createLoginFlow(context, ldapLogin(options), { delay: "1ms" });
    away = createLoginFlow(context, ldapLogin(nowhere), { delay: "1ms" });
  }, 60_000);
  afterAll(() => directory?.stop());

  async function send(
    flow: LoginFlow<LdapUser, Data>,
    init: { method: "GET" | "POST"; body?: Record<string, string>; page?: boolean },
  ): Promise<Answer> {
    const headers = new Headers({
      ...(init.page ? { accept: "text/html" } : { "content-type": "application/json" }),
      ...(cookie && { cookie }),
    });
    const exchange: Exchange = {
      method: init.method,
      url: "/login",
      protocol: "https",
      host: "app.example",
      ip: "192.0.2.1",
      getHeader: (name) => headers.get(name) ?? undefined,
      appendHeader(name, value) {
        if (name.toLowerCase() === "set-cookie") cookie = value.split(";")[0] ?? "";
      },
    };
    const session = await sessions.open(exchange);
    const reply = await flow({ exchange, session, body: init.body ?? null });
    await session.commit();
    const header = (name: string): string | undefined =>
      reply.headers.find(([key]) => key.toLowerCase() === name)?.[1];
    return { ...reply, user: session.user, header };
  }

  it("shows the form", async () => {
    const page = await send(here, { method: "GET", page: true });
    expect(page.status).toBe(200);
    expect(page.body).toContain('autocomplete="current-password"');
  });

  it("logs in, into a session that lasts", async () => {
    const body = { user: "alice@example.org", password: "password of alice" };
    const answer = await send(here, { method: "POST", body });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      user: { id: "alice", dn: `uid=alice,${PEOPLE}` },
      next: "/",
    });
    const later = await send(here, { method: "GET" });
    expect(later.user).toMatchObject({
      id: "alice",
      attributes: { mail: ["alice@example.org"] },
      groups: [`cn=admins,ou=groups,${BASE}`, `cn=staff,ou=groups,${BASE}`],
    });
    cookie = "";
  });

  it("row 32: answers 401 to wrong, unknown and ambiguous alike", async () => {
    const answers: Reply[] = [];
    for (const user of ["alice", "alixe", "twin "]) {
      const { status, headers, body } = await send(here, {
        method: "POST",
        body: { user, password: "password of twin" },
      });
      answers.push({ status, headers, body });
    }
    expect(answers[0]?.status).toBe(401);
    expect(JSON.parse(answers[0]?.body ?? "")).toMatchObject({ code: "invalid-credentials" });
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(errors.map(({ code }) => code)).toEqual([
      "ERR_LDAP_CREDENTIALS",
      "ERR_LDAP_UNKNOWN_USER",
      "ERR_LDAP_AMBIGUOUS_USER",
    ]);
  });

  it("answers 503 while the directory is away, which is nobody's failed login", async () => {
    errors.length = 0;
    const body = { user: "bob", password: "password of bob" };
    for (let round = 0; round < 8; round++) {
      const failed = await send(away, { method: "POST", body });
      expect([failed.status, failed.header("retry-after")]).toEqual([503, "1"]);
      expect(failed.body).not.toMatch(/ldap|ECONN|localhost/i);
      expect(failed.user).toBeNull();
    }
    expect(errors[0]).toMatchObject({ code: "ERR_LDAP_CONNECT", account: "bob" });
    expect((await send(here, { method: "POST", body })).status).toBe(200);
  });
});

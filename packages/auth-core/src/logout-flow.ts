// Logging out: GET asks, POST ends the session. A link on another site can't log anybody out.

import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange, Reply, Session } from "@latchkey/session-core";
import { wantsJson } from "./client-kind.ts";
import { CSRF_FIELD, sentCsrfToken } from "./csrf-field.ts";
import { absoluteUrl, type FlowContext, type FlowRequest } from "./flow-context.ts";
import { readFields } from "./form-fields.ts";
import { copyOfData, forgetKept, goneFrom } from "./kept-data.ts";
import { checkUserKey, unlinkUser } from "./linked-user.ts";
import type { LogoutInfo, LogoutProvider } from "./logout-provider.ts";
import { createNextUrl, type NextOptions, safeUrl } from "./next-url.ts";
import type { LogoutPage, Template } from "./pages.ts";
import { jsonReply, problemReply, redirectReply, wrongMethodReply } from "./reply.ts";

export interface LogoutOptions<User extends { id: string }> {
  /** Default: the query parameter `next`, else the page that says so. */
  next?: NextOptions;
  /** Run in order after each logout, with the user who was logged in. Errors are reported; the logout stands. */
  onLogout?: readonly ((event: { user: User; exchange: Exchange }) => unknown)[];
  /**
   * Sends the browser on to the identity provider, to log out there too, and from there to `next`. Of
   * several, to the one that the session came from.
   */
  provider?: LogoutProvider<User> | readonly LogoutProvider<User>[];
  /** Takes the login that was linked under this key away, and logs nobody out. */
  userKey?: string;
  /** An own page that asks. */
  template?: Template<LogoutPage>;
}

/** Nobody waits longer for a provider, in milliseconds. */
const PROVIDER_MS = 1_000;

/** Answers every request to the logout URL. */
export type LogoutFlow<User extends { id: string }, Data extends object> = (
  request: FlowRequest<User, Data>,
) => Promise<Reply>;

/** @throws {TypeError} That names the option. */
export function createLogoutFlow<User extends { id: string }, Data extends object>(
  context: FlowContext,
  options: LogoutOptions<User> = {},
): LogoutFlow<User, Data> {
  const { onLogout = [], template, userKey } = options;
  const providers = [options.provider ?? []].flat();
  checkUserKey({ userKey });
  if (userKey !== undefined && providers.length > 0) {
    throw new TypeError("provider has no meaning with userKey: nobody is logged out");
  }
  const fallback = userKey === undefined ? "" : "/";
  const next = createNextUrl({ header: false, ...options.next }, { fallback });

  return async ({ exchange, session, body }) => {
    const verb = exchange.method === "HEAD" ? "GET" : exchange.method;
    if (verb !== "GET" && verb !== "POST") return wrongMethodReply("GET, HEAD, POST");
    const url = absoluteUrl(exchange);
    const fields = (verb === "POST" ? readFields(body) : null) ?? {};
    const target = next.resolve(exchange, url, fields);
    const json = wantsJson(exchange);
    const { user } = session;
    if (verb === "GET" && user === null && !json) {
      const back = cameBack(url);
      if (back !== null) return redirectReply(back);
      const page = { loginUrl: context.loginUrl, next: target || "/" };
      return context.pageReply("loggedOut", 200, page);
    }

    async function ask(status: number): Promise<Reply> {
      const page: LogoutPage = {
        ...(userKey === undefined ? {} : { userKey }),
        userId: user?.id ?? null,
        // Nobody who has no session needs one to end it, nor a cookie for it.
        csrf: { name: CSRF_FIELD, value: session.id === null ? "" : session.csrfToken() },
        next: { name: next.field, value: target },
        action: url.pathname + url.search,
      };
      if (json) return jsonReply(status, page);
      const there = await elsewhere(infoOf(session, url, target));
      const formActions = [...next.formActions, ...(there === null ? [] : [there.origin])];
      return context.pageReply("logout", status, page, { template, formActions });
    }

    if (verb === "GET") return ask(200);
    if (session.id !== null && !session.checkCsrf(sentCsrfToken(exchange, fields))) {
      const problem = {
        status: 403,
        code: "expired-form",
        title: "The CSRF token is missing or wrong.",
      };
      return json ? problemReply(problem) : ask(403);
    }
    const sessionId = session.id;
    const info = infoOf(session, url, target);
    const before = copyOfData(session.data);
    await (userKey === undefined ? session.logout() : unlinkUser(session, userKey));
    const there = await elsewhere(info);
    if (user !== null) {
      const kind = userKey === undefined ? "logout" : "unlink";
      await context.tell(exchange, { kind, user, sessionId });
      const told = providers.map((provider) => () => info !== null && provider.loggedOut?.(info));
      const acts = [...onLogout, ...told];
      for (const act of acts) {
        try {
          await act({ user, exchange });
        } catch (error) {
          context.onError(error);
        }
      }
    }
    await forgetKept(context, goneFrom(before, session.data));
    if (json) return jsonReply(200, { next: there?.href ?? (target || "/") });
    return redirectReply(there?.href ?? (target || url.pathname));
  };

  /** Whoever is logged out here stays so, whatever becomes of it there. */
  async function elsewhere(info: LogoutInfo<User> | null): Promise<URL | null> {
    if (info === null || providers.length === 0) return null;
    const late = new AbortController();
    const tooLate = sleep(PROVIDER_MS, null, { signal: late.signal }).then(() => {
      context.onError(new Error("the provider takes too long to say where a logout goes on"));
      return null;
    });
    // Aborted: somebody answered.
    tooLate.catch(() => {});
    try {
      return await Promise.race([firstUrl(info), tooLate]);
    } finally {
      late.abort();
    }
  }

  async function firstUrl(info: LogoutInfo<User>): Promise<URL | null> {
    for (const provider of providers) {
      try {
        const url = await provider.logoutUrl(info);
        if (url !== null) return url;
      } catch (error) {
        context.onError(error);
      }
    }
    return null;
  }

  /** Where a browser goes that the provider sent back. */
  function cameBack(url: URL): string | null {
    const state = providers.length === 0 ? null : url.searchParams.get("state");
    return state === null ? null : safeUrl(state, url, options.next?.allow);
  }
}

function infoOf<User extends { id: string }, Data extends object>(
  { user, data }: Session<User, Data>,
  { origin, pathname }: URL,
  next: string,
): LogoutInfo<User> | null {
  return user === null ? null : { user, data: { ...data }, url: origin + pathname, next };
}

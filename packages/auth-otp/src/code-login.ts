// Logging in with a code that was sent, whatever carries it.

import {
  createMessageLimit,
  createSingleUseTokens,
  type LoginMethod,
  type LoginRequest,
  type LoginStep,
  newToken,
  type Rejected,
  type Remembered,
  readPasswordField,
} from "@latchkey/auth-core";
import type { CodeChannel } from "./code-channel.ts";
import type { CodeSettings } from "./code-login-options.ts";
import { createCodeViews, minutesOf } from "./code-views.ts";
import { isCode, macOf, newCode, type PendingCode, readPendingCode } from "./pending-code.ts";

export function createCodeLogin<User extends { id: string }>(
  settings: CodeSettings,
  channel: CodeChannel<User>,
): LoginMethod<User> {
  const { store, fields, lifetimeMs, now } = settings;
  const { name, link } = channel;
  const views = createCodeViews(settings, channel.field);
  const limit = createMessageLimit(store, name, settings.limits, now);
  const shared = createSingleUseTokens(store, `code:${name}`, now);

  return {
    name,
    account(request) {
      const guess = guessOf(request);
      return guess === null || isPreview(request) ? null : channel.read(guess.user);
    },
    async step(request): Promise<LoginStep<User>> {
      const guess = guessOf(request);
      if (guess !== null) {
        const address = channel.read(guess.user);
        if (address === null) return expired(request);
        if (!isPreview(request)) return check(request, address, guess);
        return { kind: "show", view: views.confirm(request, guess.key, address, guess.code) };
      }
      if (request.method === "GET") return { kind: "show", view: views.address(request, null) };
      return send(request);
    },
  };

  /** A code with what belongs to it: from the form, or from the address of a mailed link. */
  function guessOf({ method, fields: sent, url }: LoginRequest): Guess | null {
    const query = url.searchParams;
    const get = (field: string): string | null => {
      if (method === "POST") return readPasswordField(sent, field);
      return link === null ? null : readPasswordField({ [field]: query.get(field) }, field);
    };
    const key = get("key");
    return key === null
      ? null
      : { key, user: get(fields.user) ?? "", code: get(fields.code) ?? "" };
  }

  /** Looking at a link must not use it up: mail programs and browsers do that by themselves. */
  function isPreview({ method, exchange }: LoginRequest): boolean {
    if (method === "POST") return false;
    const ahead = exchange.getHeader("sec-purpose") ?? exchange.getHeader("purpose") ?? "";
    // An image or a script of another page is not somebody who opens a link.
    if ((exchange.getHeader("sec-fetch-dest") ?? "document") !== "document") return true;
    // The flow also asks for the blank form of a POST that it refused.
    return link?.instant !== true || exchange.method !== "GET" || ahead.includes("prefetch");
  }

  async function send(request: LoginRequest): Promise<LoginStep<User>> {
    const typed = readPasswordField(request.fields, fields.user);
    const view = views.address(request, typed);
    if (typed === null) return { kind: "rejected", reason: "bad-request", view };
    const address = channel.read(typed);
    if (address === null) {
      return { kind: "rejected", reason: "invalid-input", view, message: channel.wrongAddress };
    }
    if (!(await limit.allows(address, request.exchange.ip))) {
      const message = "Too many codes were asked for. Please try again later.";
      return { kind: "rejected", reason: "not-sent", view, message };
    }
    const [key, code] = [newToken(), newCode(settings.size)];
    const message = {
      address,
      code,
      link: link && linkUrl(link.url, request, { user: address, key, code }),
      minutes: minutesOf(lifetimeMs),
    };
    if (settings.accepts !== null) {
      // Apart from the answer: neither its time nor an error may tell whether there is a message.
      setImmediate(() => void sendIfAccepted(message).catch(settings.onError));
    } else {
      try {
        await channel.send(message);
      } catch (error) {
        settings.onError(error);
        return { kind: "rejected", reason: "not-sent", view };
      }
    }
    const pending = { address, mac: macOf(key, address, code), failures: 0 };
    return {
      kind: "show",
      view: views.code(request, key, address),
      ...(await keep(key, { ...pending, expiresAt: now() + lifetimeMs })),
    };
  }

  async function sendIfAccepted(message: Parameters<typeof channel.send>[0]): Promise<void> {
    if (await mayLogIn(message.address)) await channel.send(message);
  }

  async function mayLogIn(address: string): Promise<boolean> {
    return settings.accepts === null || (await settings.accepts(address)) === true;
  }

  async function check(
    request: LoginRequest,
    address: string,
    { key, code }: Guess,
  ): Promise<LoginStep<User>> {
    if (code === "") {
      // Nothing was tried, so nothing is used up.
      return { kind: "rejected", reason: "bad-request", view: views.code(request, key, address) };
    }
    // Taken before it is looked at, and kept again after a wrong code: of fifty at once, one looks.
    const kept = link?.anyBrowser ? await shared.take(key) : await request.recall(key);
    const pending = readPendingCode(kept, now());
    if (pending === null || pending.address !== address) return expired(request);
    if (isCode(pending, key, code) && (await mayLogIn(address))) {
      await limit.trust(address, request.exchange.ip);
      return { kind: "accepted", user: channel.user(address) };
    }
    const failures = pending.failures + 1;
    if (failures >= settings.tries) {
      const message = "That code is not right. Please ask for a new one.";
      const view = views.address(request, address);
      return { kind: "rejected", reason: "wrong-code", view, message };
    }
    return {
      kind: "rejected",
      reason: "wrong-code",
      view: views.code(request, key, address),
      ...(await keep(key, { ...pending, failures })),
    };
  }

  /** For the browser that asked; where links work in others, for whoever has the key. */
  async function keep(key: string, pending: PendingCode): Promise<{ remember?: Remembered }> {
    const value = { ...pending };
    if (!link?.anyBrowser) {
      return { remember: { key, value, lifetime: `${Math.max(1, pending.expiresAt - now())}ms` } };
    }
    await shared.keep(key, value, pending.expiresAt);
    return {};
  }

  function expired(request: LoginRequest): Rejected {
    const message =
      "This code is no longer valid, or was asked for in another browser. Please ask for a new one.";
    return { kind: "rejected", reason: "expired", view: views.address(request, null), message };
  }

  function linkUrl(page: string, request: LoginRequest, guess: Guess): string {
    const url = new URL(page);
    // The form that the link leads to knows no other way to where the visitor wanted to go.
    const { next } = request;
    if (next !== null) url.searchParams.set(next.name, next.value);
    url.searchParams.set(fields.user, guess.user);
    url.searchParams.set("key", guess.key);
    url.searchParams.set(fields.code, guess.code);
    return url.href;
  }
}

interface Guess {
  key: string;
  user: string;
  code: string;
}

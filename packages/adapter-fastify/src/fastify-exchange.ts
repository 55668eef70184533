// One Fastify request as an Exchange, and what the adapter has to know of its reply: its headers as
// they were before any handler, and whether the session's part is done.

import { copyHeaders, NodeExchange, settleAtHead } from "@latchkey/adapter-node";
import { plainAddress, sayPrivate } from "@latchkey/auth-core";
import type { AnyReply, AnyRequest } from "./hook.ts";

export class FastifyExchange extends NodeExchange {
  /** The session is committed, or given up; or a reply waits for it. */
  settled = false;
  /** A reply waits for the session. */
  committing = false;
  /** A page of Latchkey's own is in the place of the handler's answer. */
  failed = false;
  readonly reply: AnyReply;
  readonly #request: AnyRequest;
  readonly #before: ReturnType<AnyReply["getHeaders"]>;

  constructor(request: AnyRequest, reply: AnyReply) {
    super(request);
    this.#request = request;
    this.reply = reply;
    this.#before = copyHeaders(reply);
  }

  get url(): string {
    return this.#request.originalUrl;
  }

  get protocol(): "http" | "https" {
    return this.#request.protocol === "https" ? "https" : "http";
  }

  get host(): string {
    return this.#request.host || "localhost";
  }

  get ip(): string {
    return plainAddress(this.#request.ip ?? "");
  }

  /** Only somebody logged in may see the reply. Its `Cache-Control` stays if it has one. */
  keepReplyPrivate(reply: AnyReply, cacheControl: string): void {
    if (reply.hasHeader("cache-control") || reply.raw.hasHeader("cache-control")) return;
    this.guardedBy = sayPrivate(cacheControl, {
      get: (name) => reply.getHeader(name),
      set: (name, value) => reply.header(name, value),
    });
    settleAtHead(reply.raw, this);
  }

  /** Adds the waiting headers to the reply, beside those of the same name. */
  flushToReply(reply: AnyReply): void {
    if (!this.hasHeaders) return;
    keepRawCookies(reply);
    // Fastify itself keeps the `set-cookie` lines that are there; nothing else is ever appended.
    for (const [name, value] of this.takeHeaders()) reply.header(name, value);
  }

  /** Takes back every header that was set since the request came, and those that wait. */
  resetHeaders(reply: AnyReply): void {
    this.takeHeaders();
    this.setHeaders(reply, this.#before);
  }

  /** Of the cookies, only those are left that the reply had when the request came. */
  resetCookies(reply: AnyReply): void {
    const lines = this.#before["set-cookie"];
    reply.removeHeader("set-cookie");
    reply.raw.removeHeader("set-cookie");
    if (lines !== undefined) reply.header("set-cookie", [lines].flat());
  }

  /** Gives the reply these headers in place of those that it has. */
  setHeaders(reply: AnyReply, headers: ReturnType<AnyReply["getHeaders"]>): void {
    for (const name of Object.keys(reply.getHeaders())) {
      reply.removeHeader(name);
      reply.raw.removeHeader(name);
    }
    for (const [name, value] of Object.entries(headers)) {
      // A list of its own: plug-ins add to it.
      reply.header(name, Array.isArray(value) ? [...value] : value);
    }
  }
}

/** The reply's own cookies push out those of the response beneath, which other middleware has set. */
function keepRawCookies(reply: AnyReply): void {
  const lines = reply.raw.getHeader("set-cookie");
  if (lines === undefined) return;
  reply.raw.removeHeader("set-cookie");
  if (reply.getHeader("set-cookie") === undefined) reply.header("set-cookie", [lines].flat());
}

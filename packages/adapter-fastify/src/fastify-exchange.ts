// One Fastify request as an Exchange, and what the adapter has to know of its reply: its headers as
// they were before any handler, and whether the session's part is done.

import type { Exchange } from "@latchkey/session-core";
import type { AnyReply, AnyRequest } from "./hook.ts";

export class FastifyExchange implements Exchange {
  /** The session is committed, or given up. */
  settled = false;
  readonly reply: AnyReply;
  readonly #request: AnyRequest;
  readonly #before: ReturnType<AnyReply["getHeaders"]>;
  #headers: [name: string, value: string][] = [];

  constructor(request: AnyRequest, reply: AnyReply) {
    this.#request = request;
    this.reply = reply;
    this.#before = reply.getHeaders();
  }

  get method(): string {
    return this.#request.method;
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
    return this.#request.ip ?? "";
  }

  getHeader(name: string): string | undefined {
    const value = this.#request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  appendHeader(name: string, value: string): void {
    this.#headers.push([name, value]);
  }

  /** Whether there are headers that the reply doesn't have yet. */
  get hasHeaders(): boolean {
    return this.#headers.length > 0;
  }

  /** Adds the waiting headers to the reply, beside those of the same name. */
  flushHeaders(reply: AnyReply): void {
    // Fastify itself keeps the `set-cookie` lines that are there; nothing else is ever appended.
    for (const [name, value] of this.#headers) reply.header(name, value);
    this.#headers = [];
  }

  /** For a reply that is out without them. */
  dropHeaders(): void {
    this.#headers = [];
  }

  /** Takes back every header that was set since the request came, and those that wait. */
  resetHeaders(reply: AnyReply): void {
    this.#headers = [];
    for (const name of Object.keys(reply.getHeaders())) {
      reply.removeHeader(name);
      reply.raw.removeHeader(name);
    }
    for (const [name, value] of Object.entries(this.#before)) reply.header(name, value);
  }
}

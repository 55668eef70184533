// One Koa request as an Exchange. Headers wait until the session is committed, so that an answer
// that is taken back, or an error's page, can't lose or leak them.

import type { ServerResponse } from "node:http";
import type { Exchange } from "@latchkey/session-core";
import type { ExtendableContext } from "koa";
import { keepOnError } from "./keep-on-error.ts";

export class KoaExchange implements Exchange {
  readonly #ctx: ExtendableContext;
  #headers: [name: string, value: string][] = [];

  constructor(ctx: ExtendableContext) {
    this.#ctx = ctx;
  }

  get method(): string {
    return this.#ctx.method;
  }

  get url(): string {
    return this.#ctx.originalUrl;
  }

  get protocol(): "http" | "https" {
    return this.#ctx.protocol === "https" ? "https" : "http";
  }

  get host(): string {
    return this.#ctx.host || "localhost";
  }

  get ip(): string {
    return this.#ctx.ip;
  }

  getHeader(name: string): string | undefined {
    const value = this.#ctx.req.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  appendHeader(name: string, value: string): void {
    this.#headers.push([name, value]);
  }

  /** Whether there are headers that the response doesn't have yet. */
  get hasHeaders(): boolean {
    return this.#headers.length > 0;
  }

  /** Adds the waiting headers to the response, beside those of the same name. */
  flushHeaders(res: ServerResponse): void {
    for (const [name, value] of this.#headers) res.appendHeader(name, value);
    this.#headers = [];
  }

  /** Adds them for an error's answer as well: Koa drops the response's own when it makes one. */
  flushBehindError(): void {
    const lines = this.#headers;
    this.flushHeaders(this.#ctx.res);
    keepOnError(this.#ctx, lines);
  }

  /** For an answer that is not sent. */
  dropHeaders(): void {
    this.#headers = [];
  }
}

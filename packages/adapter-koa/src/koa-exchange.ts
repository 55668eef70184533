// One Koa request as an Exchange. Headers wait until the session is committed, so that an answer
// that is taken back, or an error's page, can't lose or leak them.

import { NodeExchange } from "@latchkey/adapter-node";
import { lastOf, plainAddress } from "@latchkey/auth-core";
import type { ExtendableContext } from "koa";
import { keepOnError } from "./keep-on-error.ts";

export class KoaExchange extends NodeExchange {
  readonly #ctx: ExtendableContext;

  constructor(ctx: ExtendableContext) {
    super(ctx.req);
    this.#ctx = ctx;
  }

  get url(): string {
    return this.#ctx.originalUrl;
  }

  get protocol(): "http" | "https" {
    return this.#ctx.protocol === "https" ? "https" : "http";
  }

  get host(): string {
    // Of several, Koa takes the first, which may be the client's invention.
    const forwarded = this.#ctx.app.proxy ? lastOf(this.getHeader("x-forwarded-host")) : null;
    return forwarded ?? (this.#ctx.host || "localhost");
  }

  get ip(): string {
    return plainAddress(this.#ctx.ip);
  }

  /** Adds them for an error's answer as well: Koa drops the response's own when it makes one. */
  flushBehindError(): void {
    const lines = this.takeHeaders();
    for (const [name, value] of lines) this.#ctx.res.appendHeader(name, value);
    keepOnError(this.#ctx, lines);
  }
}

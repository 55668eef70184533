// One Express request as an Exchange. Headers wait until the response's head is written, so that
// nothing a handler passes to `writeHead` can push them out.

import type { Exchange } from "@latchkey/session-core";
import type { Response } from "express";
import type { AnyRequest } from "./middleware.ts";

export class ExpressExchange implements Exchange {
  readonly #req: AnyRequest;
  #headers: [name: string, value: string][] = [];

  constructor(req: AnyRequest) {
    this.#req = req;
  }

  get method(): string {
    return this.#req.method;
  }

  get url(): string {
    return this.#req.originalUrl;
  }

  get protocol(): "http" | "https" {
    return this.#req.protocol === "https" ? "https" : "http";
  }

  get host(): string {
    const { headers, socket, app } = this.#req;
    const own = headers.host ?? "localhost";
    const forwarded = headers["x-forwarded-host"];
    if (typeof forwarded !== "string") return own;
    // As Express does, but with the port, which Express 4 leaves out.
    const trusts: unknown = app.get("trust proxy fn");
    const trusted = typeof trusts === "function" && trusts(socket.remoteAddress, 0) === true;
    return trusted ? (forwarded.split(",", 1)[0] ?? own).trim() : own;
  }

  get ip(): string {
    return this.#req.ip ?? "";
  }

  getHeader(name: string): string | undefined {
    const value = this.#req.headers[name.toLowerCase()];
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
  flushHeaders(res: Response): void {
    for (const [name, value] of this.#headers) res.appendHeader(name, value);
    this.#headers = [];
  }
}

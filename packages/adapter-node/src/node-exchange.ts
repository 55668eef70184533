// One request of Node's as an Exchange. Headers wait until the response's head is written, so that
// nothing a handler passes to `writeHead` can push them out.

import type { IncomingHttpHeaders } from "node:http";
import { type AnswerHeaders, sayPrivate, settleCache } from "@latchkey/auth-core";
import type { Exchange } from "@latchkey/session-core";
import type { ResponseLike } from "./node-types.ts";

interface HeadOfRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What protocol, host and ip are is for each framework to say. */
export abstract class NodeExchange implements Exchange {
  abstract readonly url: string;
  abstract readonly protocol: "http" | "https";
  abstract readonly host: string;
  abstract readonly ip: string;
  readonly #req: HeadOfRequest;
  #headers: [name: string, value: string][] = [];
  /** The `Cache-Control` of a guard that depends on what becomes of the response. */
  protected guardedBy: string | null = null;

  constructor(req: HeadOfRequest) {
    this.#req = req;
  }

  get method(): string {
    return this.#req.method ?? "GET";
  }

  getHeader(name: string): string | undefined {
    const value = this.#req.headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  appendHeader(name: string, value: string): void {
    this.#headers.push([name, value]);
  }

  /** Only somebody logged in may see the response. Its `Cache-Control` stays if it has one. */
  keepPrivate(res: ResponseLike, cacheControl: string): void {
    if (res.headersSent || res.hasHeader("cache-control")) return;
    this.guardedBy = sayPrivate(cacheControl, headersOf(res));
  }

  /** Whether {@link settleCache} has anything to do. */
  get isPrivate(): boolean {
    return this.guardedBy !== null;
  }

  /** To be called once the response has its status and its headers, before they are sent. */
  settleCache(res: ResponseLike): void {
    settleCache(this.guardedBy, res.statusCode, headersOf(res));
  }

  /** Whether there are headers that the response doesn't have yet. */
  get hasHeaders(): boolean {
    return this.#headers.length > 0;
  }

  /** Adds the waiting headers to the response, beside those of the same name. */
  flushHeaders(res: ResponseLike): void {
    for (const [name, value] of this.takeHeaders()) res.appendHeader(name, value);
  }

  /** The waiting headers, which wait no longer. */
  takeHeaders(): [name: string, value: string][] {
    const lines = this.#headers;
    this.#headers = [];
    return lines;
  }
}

function headersOf(res: ResponseLike): AnswerHeaders {
  return {
    get: (name) => res.getHeader(name),
    set: (name, value) => res.setHeader(name, value),
  };
}

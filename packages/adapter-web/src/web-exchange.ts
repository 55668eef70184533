// One fetch Request as an Exchange. Headers wait until there is a Response to put them on.

import { type Client, type Connection, sayPrivate, settleCache } from "@latchkey/auth-core";
import type { Exchange } from "@latchkey/session-core";

export class WebExchange implements Exchange {
  readonly request: Request;
  readonly #ip: string;
  readonly #readClient: (connection: Connection) => Client;
  #url: URL | undefined;
  #client: Client | undefined;
  #headers: [name: string, value: string][] = [];
  #guardedBy: string | null = null;

  /** @param ip Address of whoever connected; empty where the runtime doesn't say. */
  constructor(request: Request, ip: string, readClient: (connection: Connection) => Client) {
    this.request = request;
    this.#ip = ip;
    this.#readClient = readClient;
  }

  get method(): string {
    return this.request.method;
  }

  get url(): string {
    const { pathname, search } = this.#parsedUrl();
    return pathname + search;
  }

  get protocol(): "http" | "https" {
    return this.#whoAsks().protocol;
  }

  get host(): string {
    return this.#whoAsks().host;
  }

  get ip(): string {
    return this.#whoAsks().ip;
  }

  getHeader(name: string): string | undefined {
    return this.request.headers.get(name) ?? undefined;
  }

  appendHeader(name: string, value: string): void {
    this.#headers.push([name, value]);
  }

  /** Only somebody logged in may see the response. Its `Cache-Control` stays if it has one. */
  keepPrivate(cacheControl: string): void {
    this.#guardedBy = cacheControl;
  }

  /** The response with the waiting headers, beside those of the same name. */
  dress(response: Response): Response {
    // Not looked at: on Hono's server for Node, whoever asks for its headers makes them real ones.
    if (this.#headers.length === 0 && this.#guardedBy === null) return response;
    const guardedBy = response.headers.has("cache-control") ? null : this.#guardedBy;
    const lines = this.#headers;
    this.#headers = [];
    if (lines.length === 0 && guardedBy === null) return response;
    // `Response.error()` and switched protocols carry no headers of ours.
    if (response.status < 200) return response;
    // Always a copy: the headers of redirects and of fetched responses can't be changed, and the
    // application may send the same object to somebody else as well.
    const own = new Response(response.body, response);
    for (const [name, value] of lines) own.headers.append(name, value);
    if (guardedBy !== null) {
      settleCache(sayPrivate(guardedBy, own.headers), own.status, own.headers);
    }
    return own;
  }

  #parsedUrl(): URL {
    this.#url ??= new URL(this.request.url);
    return this.#url;
  }

  #whoAsks(): Client {
    if (this.#client !== undefined) return this.#client;
    const { protocol, host } = this.#parsedUrl();
    this.#client = this.#readClient({
      ip: this.#ip,
      protocol: protocol === "https:" ? "https" : "http",
      host: this.getHeader("host") ?? host,
      getHeader: (name) => this.getHeader(name),
    });
    return this.#client;
  }
}

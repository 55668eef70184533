// A request of a plain server, with the proxies that it trusts.

import type { Client, Connection } from "@latchkey/auth-core";
import { NodeExchange } from "./node-exchange.ts";
import type { NodeRequest } from "./node-types.ts";

export class HttpExchange extends NodeExchange {
  readonly #req: NodeRequest;
  readonly #readClient: (connection: Connection) => Client;
  #client: Client | undefined;

  constructor(req: NodeRequest, readClient: (connection: Connection) => Client) {
    super(req);
    this.#req = req;
    this.#readClient = readClient;
  }

  get url(): string {
    return this.#req.url ?? "/";
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

  #whoAsks(): Client {
    if (this.#client !== undefined) return this.#client;
    const { socket, headers } = this.#req;
    // Not `in`: the socket of HTTP/2 is a proxy that only answers to `get`.
    const encrypted: unknown = Reflect.get(socket, "encrypted");
    this.#client = this.#readClient({
      ip: socket.remoteAddress ?? "",
      protocol: encrypted === true ? "https" : "http",
      host: this.getHeader(":authority") ?? headers.host ?? "localhost",
      getHeader: (name) => this.getHeader(name),
    });
    return this.#client;
  }
}

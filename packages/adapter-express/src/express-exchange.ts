// One Express request as an Exchange, by Express's own trusted-proxy rule.

import { NodeExchange } from "@latchkey/adapter-node";
import { lastOf, plainAddress } from "@latchkey/auth-core";
import type { AnyRequest } from "./middleware.ts";

export class ExpressExchange extends NodeExchange {
  readonly #req: AnyRequest;

  constructor(req: AnyRequest) {
    super(req);
    this.#req = req;
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
    const forwarded = lastOf(this.getHeader("x-forwarded-host"));
    if (forwarded === null) return own;
    // By Express's rule, but with the port, which Express 4 leaves out; and not the first of several,
    // which may be the client's invention.
    const trusts: unknown = app.get("trust proxy fn");
    const trusted = typeof trusts === "function" && trusts(socket.remoteAddress, 0) === true;
    return trusted ? forwarded : own;
  }

  get ip(): string {
    return plainAddress(this.#req.ip ?? "");
  }
}

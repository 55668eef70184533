// One Express request as an Exchange, by Express's own trusted-proxy rule.

import { NodeExchange } from "@latchkey/adapter-node";
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
}

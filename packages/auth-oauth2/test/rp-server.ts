// An application over HTTP whose login URLs are given methods, for tests.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import {
  createFlowContext,
  createLoginFlow,
  createLogoutFlow,
  type LoginMethod,
  type LoginOptions,
  type LogoutOptions,
} from "@latchkey/auth-core";
import { createSessions, type Exchange, type Sessions, type Store } from "@latchkey/session-core";
import { memoryStore } from "@latchkey/store-memory";
import type { OAuth2User } from "../src/index.ts";

export interface Rp {
  origin: string;
  store: Store;
  sessions: Sessions<OAuth2User, Record<string, unknown>>;
  /** What `onError` of the flow heard: faults that are nobody's. */
  faults: unknown[];
  /** While it is set, no session can be ended. */
  stuck: boolean;
  /** Serves a logout at a path. */
  mountLogout(path: string, options?: LogoutOptions<OAuth2User>): void;
  /** Serves a method at a path. */
  mount(
    path: string,
    method: LoginMethod<OAuth2User>,
    options?: LoginOptions<OAuth2User, Record<string, unknown>>,
  ): void;
  stop(): Promise<void>;
}

/** `GET /me` answers with who is logged in and the session's data. */
export async function startRp(port = 0): Promise<Rp> {
  const store = memoryStore();
  const keys = ["a secret of thirty-two characters or more"];
  const sessions = createSessions<OAuth2User>({ store, keys });
  const faults: unknown[] = [];
  const context = createFlowContext({
    store,
    async endSessions(id, exceptId) {
      if (rp.stuck) throw new Error("the store is away");
      return sessions.revokeAll(id, exceptId);
    },
    async endSession(userId, id) {
      if (rp.stuck) throw new Error("the store is away");
      return sessions.revoke(userId, id);
    },
    onError: (error) => faults.push(error),
  });
  type Flow = ReturnType<typeof createLoginFlow<OAuth2User, Record<string, unknown>>>;
  const flows = new Map<string, Flow>();
  const server = createServer(async (request, response) => {
    try {
      const exchange = exchangeOf(request);
      const [path = ""] = exchange.url.split("?");
      const body = request.method === "POST" ? await readForm(request) : null;
      const session = await sessions.open(exchange);
      const flow = flows.get(path);
      const reply = flow
        ? await flow({ exchange, session, body })
        : {
            status: 200,
            headers: [],
            body: JSON.stringify({ user: session.user, data: session.data }),
          };
      await session.commit();
      response.statusCode = reply.status;
      for (const [name, value] of [...reply.headers, ...exchange.written]) {
        response.appendHeader(name, value);
      }
      response.end(reply.body);
    } catch (error) {
      faults.push(error);
      response.writeHead(500).end();
    }
  });
  server.listen(port, "localhost");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const rp: Rp = {
    stuck: false,
    origin: `http://localhost:${address.port}`,
    store,
    sessions,
    faults,
    mount: (path, method, options) =>
      void flows.set(path, createLoginFlow(context, method, options)),
    mountLogout: (path, options) => void flows.set(path, createLogoutFlow(context, options)),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return rp;
}

function exchangeOf(request: IncomingMessage): Exchange & { written: [string, string][] } {
  const written: [string, string][] = [];
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    protocol: "http",
    host: request.headers.host ?? "",
    ip: "192.0.2.1",
    getHeader(name) {
      const value = request.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    appendHeader: (name, value) => void written.push([name, value]),
    written,
  };
}

async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return Object.fromEntries(new URLSearchParams(body));
}

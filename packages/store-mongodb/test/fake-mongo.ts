// A stand-in for a MongoDB server, on a real socket: the real driver talks to it.
import { once } from "node:events";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { type Collection, MongoClient, type MongoClientOptions } from "mongodb";
import type { MongoRecord } from "../src/index.ts";
import { MongoCommands } from "./mongo-commands.ts";
import { type Document, serve } from "./wire-protocol.ts";

export interface FakeMongo {
  commands: MongoCommands;
  /** `hang`: commands are answered when that is over. `fail`: they are answered with an error. */
  mode: "work" | "hang" | "fail";
  /** A client of its own, and its collection. */
  connect(options?: MongoClientOptions): Collection<MongoRecord>;
  /** Ends connections, as a server does that is gone. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** @param tls For a server that speaks only TLS. */
export async function startFakeMongo(tls: TlsOptions | null = null): Promise<FakeMongo> {
  const commands = new MongoCommands();
  const sockets = new Set<Socket>();
  const clients: MongoClient[] = [];
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, answer);
  };
  const server: Server =
    tls === null
      ? createPlainServer(accept)
      : createTlsServer(tls, accept).on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;

  async function answer(command: Document): Promise<Document> {
    const isGreeting = "hello" in command || "ismaster" in command || "isMaster" in command;
    while (!isGreeting && fake.mode === "hang") await sleep(20);
    if (!isGreeting && fake.mode === "fail") return failure("not enough space", 14_031);
    try {
      return await commands.run(command);
    } catch (error) {
      return failure(String(error), 59);
    }
  }

  const fake: FakeMongo = {
    commands,
    mode: "work",
    connect(options = {}) {
      const url = `mongodb://localhost:${port}/?directConnection=true`;
      const client = new MongoClient(url, {
        serverSelectionTimeoutMS: 2_000,
        family: 4,
        ...options,
      });
      clients.push(client);
      return client.db("app").collection<MongoRecord>("latchkey_records");
    },
    dropConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      fake.mode = "work";
      await Promise.all(clients.map((client) => client.close(true)));
      fake.dropConnections();
      server.close();
    },
  };
  return fake;
}

function failure(errmsg: string, code: number): Document {
  return { ok: 0, errmsg, code, codeName: "Failed" };
}

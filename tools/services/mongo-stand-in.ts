// A stand-in for a MongoDB server, on a real socket: the real driver talks to it. What it can't show
// is how a real server would do: say so wherever it is all that something was tested with.
import { once } from "node:events";
import { createServer as createPlainServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { MongoCommands } from "./mongo-stand-in-commands.ts";
import { type Document, type MongoBson, serve } from "./mongo-stand-in-wire.ts";

export interface MongoStandIn {
  readonly port: number;
  readonly url: string;
  readonly commands: MongoCommands;
  /** `hang`: commands are answered when that is over. `fail`: they are answered with an error. */
  mode: "work" | "hang" | "fail";
  /** Ends connections, as a server does that is gone. */
  dropConnections(): void;
  close(): Promise<void>;
}

/**
 * @param bson `BSON` of the `mongodb` package.
 * @param tls For a server that speaks only TLS.
 */
export async function startMongoStandIn(
  bson: MongoBson,
  tls: TlsOptions | null = null,
): Promise<MongoStandIn> {
  const commands = new MongoCommands(bson);
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, bson, answer);
  };
  const server: Server =
    tls === null
      ? createPlainServer(accept)
      : createTlsServer(tls, accept).on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;

  async function answer(command: Document): Promise<Document> {
    const isGreeting = "hello" in command || "ismaster" in command || "isMaster" in command;
    while (!isGreeting && standIn.mode === "hang") await sleep(20);
    if (!isGreeting && standIn.mode === "fail") return failure("not enough space", 14_031);
    try {
      return await commands.run(command);
    } catch (error) {
      return failure(String(error), 59);
    }
  }

  const standIn: MongoStandIn = {
    port,
    url: `mongodb://localhost:${port}/?directConnection=true`,
    commands,
    mode: "work",
    dropConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      standIn.mode = "work";
      standIn.dropConnections();
      server.close();
    },
  };
  return standIn;
}

function failure(errmsg: string, code: number): Document {
  return { ok: 0, errmsg, code, codeName: "Failed" };
}

// A TCP proxy in front of any server, for what goes wrong on a network: latency, a cut in the middle
// of an answer, silence, refusal.
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * - `pass`: as if there were no proxy
 * - `latency`: every piece of an answer comes `ms` later
 * - `cut`: half of the next piece of an answer, then the connection is reset
 * - `blackhole`: connections are accepted, but nothing gets through, either way. A connection that
 *   has lost something so stays silent afterwards, as behind a router that forgot it; see `cut()`
 * - `refuse`: connections are reset and new ones refused
 */
export type Fault =
  | { kind: "pass" | "cut" | "blackhole" | "refuse" }
  | { kind: "latency"; ms: number };

export interface FaultProxy {
  /** On 127.0.0.1; the same for the proxy's whole life. */
  readonly port: number;
  set(fault: Fault | "pass" | "cut" | "blackhole" | "refuse"): Promise<void>;
  /** Resets all connections that there are now. */
  cut(): void;
  /** How many connections there are now. */
  connections(): number;
  /** How many pieces clients have sent. A client that waits for each answer sends one per call. */
  requests(): number;
  stop(): Promise<void>;
}

/** @param target The server's port on 127.0.0.1. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  let fault: Fault = { kind: "pass" };
  let requests = 0;
  const sockets = new Set<Socket>();
  let clients = 0;
  let server = await listen(0);
  const { port } = addressOf(server);

  function listen(wanted: number): Promise<Server> {
    const listener = createServer(accept);
    return new Promise((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(wanted, "127.0.0.1", () => resolve(listener));
    });
  }

  function accept(client: Socket): void {
    const upstream = connect(target, "127.0.0.1");
    const line = { silent: false };
    clients += 1;
    client.once("close", () => {
      clients -= 1;
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        if (!line.silent || from === client) to.destroy();
      });
    }
    let sent: Promise<void> = Promise.resolve(); // answers keep their order
    client.on("data", (piece) => {
      requests += 1;
      if (isSilent(line)) return;
      upstream.write(piece);
    });
    upstream.on("data", (piece) => {
      if (isSilent(line)) return;
      if (fault.kind === "cut") {
        fault = { kind: "pass" };
        client.write(piece.subarray(0, Math.floor(piece.length / 2)), () => reset(client));
        return;
      }
      const ms = fault.kind === "latency" ? fault.ms : 0;
      const due = Date.now() + ms;
      sent = sent.then(async () => {
        if (ms > 0) await sleep(due - Date.now());
        if (!client.destroyed) client.write(piece);
      });
    });
  }

  function isSilent(line: { silent: boolean }): boolean {
    if (fault.kind === "blackhole") line.silent = true;
    return line.silent;
  }

  function cut(): void {
    for (const socket of sockets) reset(socket);
  }

  function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    cut();
    return closed;
  }

  return {
    port,
    async set(wanted) {
      fault = typeof wanted === "string" ? { kind: wanted } : wanted;
      if (fault.kind === "refuse" && server.listening) await close();
      if (fault.kind !== "refuse" && !server.listening) server = await listen(port);
    },
    cut,
    connections: () => clients,
    requests: () => requests,
    async stop() {
      if (server.listening) await close();
    },
  };
}

function reset(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address;
}

// Somebody on the line between application and directory: writes down what the application says, and
// may change what the directory answers.

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Eavesdropper {
  port: number;
  /** All that clients sent, as it was on the line. */
  heard(): Buffer;
  stop(): Promise<void>;
}

/**
 * @param change Gets each piece of an answer, how many came before it on this connection, and how many
 *   connections came before that.
 */
export async function startEavesdropper(
  target: number,
  change: (piece: Buffer, index: number, connection: number) => Buffer = (piece) => piece,
): Promise<Eavesdropper> {
  const pieces: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const connection = connections++;
    const upstream = connect(target, "127.0.0.1");
    let index = 0;
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      from.on("close", () => to.destroy());
    }
    client.on("data", (piece) => {
      pieces.push(piece);
      upstream.write(piece);
    });
    upstream.on("data", (piece) => client.write(change(piece, index++, connection)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    heard: () => Buffer.concat(pieces),
    stop() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

// Requests that no HTTP client would send: bytes straight into the socket.

import { connect } from "node:net";

/** Sends bytes and reads until the server closes. @returns All that came. */
export function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const chunks: Buffer[] = [];
    socket.setTimeout(10_000, () =>
      socket.destroy(new Error("no answer to a raw request in 10 s")),
    );
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (error) => (chunks.length > 0 ? finish() : reject(error)));
    socket.on("close", finish);
    socket.write(Buffer.from(text, "latin1"));
    function finish(): void {
      resolve(Buffer.concat(chunks).toString("latin1"));
    }
  });
}

/** The status of the answer; 0 when the connection was closed without one. */
export async function rawStatus(url: string, text: string): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(await sendRaw(url, text))?.[1] ?? 0);
}

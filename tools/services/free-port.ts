// A port of this machine that nobody listens on.
import { once } from "node:events";
import { createServer } from "node:net";

// Below the range that Linux takes for outgoing connections (32768 and up), so that none of them
// gets it between our look and the server's start, or while a killed server is away.
const FIRST = 15_000;
const LAST = 32_000;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST} to ${LAST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

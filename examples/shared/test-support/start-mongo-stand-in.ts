// Starts the stand-in for a MongoDB server as a process of its own.

import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DataServer, startDataServer } from "@latchkey/tools/data-server";
import { freePort } from "@latchkey/tools/free-port";

export async function startMongoStandIn(): Promise<DataServer> {
  const port = await freePort();
  return startDataServer({
    url: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    port,
    command: process.execPath,
    args: [fileURLToPath(new URL("./mongo-stand-in-server.ts", import.meta.url)), String(port)],
    as: {},
    folder: mkdtempSync(join(tmpdir(), "latchkey-mongo-stand-in-")),
    async ready() {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect").finally(() => socket.destroy());
    },
    stopSignal: "SIGKILL", // There is nothing to keep.
  });
}

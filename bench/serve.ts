// The child process: one subject on a free port of the loopback interface. Asked by its parent, it
// says how much CPU time it has used since its start, and how often its store was called.

import { createApp } from "./express-app.ts";
import { subjects } from "./subject.ts";

const subject = subjects.find(({ name }) => name === process.argv[2]);
if (subject === undefined) throw new TypeError(`no such subject: ${process.argv[2]}`);

const calls = new Map<string, number>();
const app = createApp();
const { setUp } = await subject.load();
await setUp(app, (call) => calls.set(call, (calls.get(call) ?? 0) + 1));

const server = app.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.send?.({ port: address.port });
});
server.keepAliveTimeout = 0; // A connection may have to wait while all the others are measured.

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuUs: user + system, calls: Object.fromEntries(calls) });
});
process.on("disconnect", () => process.exit());

// Logs people in as fast as it can, until it is killed: `creator.ts <prefix> <run> <port>…`
import { redisStore } from "../../src/index.ts";
import { connectCluster } from "../clients.ts";

const [prefix = "", run = "", ...ports] = process.argv.slice(2);
const store = redisStore(connectCluster(ports.map(Number)), { prefix, timeout: "10s" });

async function logIn(lane: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    const now = Date.now();
    const times = { createdAt: now, seenAt: now, expiresAt: now + 600_000 };
    const record = { id: `session:${run}-${lane}-${turn}`, data: "{}", ...times, version: 1 };
    await store.create({ ...record, owner: turn % 2 === 0 ? "u" : null });
    await store.replace({ ...record, owner: "u", version: 2 });
    process.stdout.write(`${record.id}\n`);
  }
}

await Promise.all(Array.from({ length: 20 }, (_, lane) => logIn(lane)));

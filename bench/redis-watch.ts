// A Redis for the benchmark, and which commands arrive there: as its MONITOR tells, since that can
// tell what a client sent from what a script does inside of Redis.

import { ensureRedis, startRedis } from "@latchkey/tools/redis";
import { Redis } from "ioredis";
import { pin } from "./pin.ts";

export interface RedisWatch {
  readonly url: string;
  /** Runs the work and counts the commands sent meanwhile, by name. */
  during(work: () => Promise<void>): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/** `null`, with a word about it, where there is no Redis. */
export async function startRedisWatch(say: (line: string) => void): Promise<RedisWatch | null> {
  const programs = await ensureRedis();
  if ("missing" in programs) {
    say(`without Redis: ${programs.missing}`);
    return null;
  }
  const server = await startRedis(programs);
  pin(server.pid, 0);
  const redis = new Redis(server.url);
  return {
    url: server.url,
    async during(work) {
      const monitor = await redis.monitor();
      const sent: Record<string, number> = {};
      let arrived: () => void = () => {};
      const marked = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      monitor.on("monitor", (_time: string, [name = ""]: string[], source: string) => {
        const command = name.toLowerCase();
        if (command === "echo") arrived();
        else if (source !== "lua") sent[command] = (sent[command] ?? 0) + 1;
      });
      try {
        await work();
        await redis.echo("done");
        await marked;
        return sent;
      } finally {
        monitor.disconnect();
      }
    },
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}

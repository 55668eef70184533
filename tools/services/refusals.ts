// Servers that go on reading but refuse to write, as one does that is full or a standby.
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import type { DataServer } from "./data-server.ts";
import type { MariadbServer } from "./mariadb.ts";
import { askRedis } from "./redis.ts";

export interface Refusal {
  readonly what: string;
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

export function redisRefusals({ port }: DataServer): Refusal[] {
  const ask = (command: string, ...args: string[]): Promise<unknown> =>
    askRedis(port, (redis) => redis.call(command, ...args));
  return [
    {
      what: "out of memory",
      begin: () => ask("CONFIG", "SET", "maxmemory", "1"),
      end: () => ask("CONFIG", "SET", "maxmemory", "0"),
    },
    {
      what: "a replica",
      begin: () => ask("REPLICAOF", "127.0.0.1", "1"),
      end: () => ask("REPLICAOF", "NO", "ONE"),
    },
  ];
}

export function postgresRefusals({ url }: DataServer): Refusal[] {
  const set = async (value: "on" | "off"): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    // It applies to this connection, too, but not to settings.
    await client.query(`alter system set default_transaction_read_only = ${value}`);
    await client.query("select pg_reload_conf()");
    await client.end();
  };
  return [{ what: "read-only", begin: () => set("on"), end: () => set("off") }];
}

export function mariadbRefusals({ adminUrl }: MariadbServer): Refusal[] {
  const set = async (value: 0 | 1): Promise<void> => {
    const connection = await createConnection({ uri: adminUrl });
    await connection.query(`set global read_only = ${value}`);
    await connection.end();
  };
  return [{ what: "read-only", begin: () => set(1), end: () => set(0) }];
}

// A pool of `pg` that gets rid of connections that fell silent: behind a router that forgot them, on
// a host that is gone. Nothing else would, for many minutes, and ten of them are a whole pool.
import { type Duration, durationMs } from "@latchkey/session-core";
import type { PostgresPool } from "kysely";

/** A `pg.Pool`. */
export interface ListenablePostgresPool extends PostgresPool {
  on(event: "error", listener: () => void): unknown;
  on(event: "connect", listener: (client: ListenablePostgresClient) => void): unknown;
}

interface ListenablePostgresClient {
  on(event: "error", listener: () => void): unknown;
}

/**
 * Ends a connection that a query or transaction has held for longer than `limit`, and hears the
 * errors of connections that nobody is using: without a listener each would end the process.
 *
 * @param pool Yours; with `connectionTimeoutMillis`, since `limit` begins once there is a connection.
 * @param limit Default `'1s'`. Give the store a pool of its own if other queries take longer.
 * @returns For `new PostgresDialect({ pool })`.
 * @throws {TypeError} When `limit` is not a duration.
 */
export function limitPostgresPool(
  pool: ListenablePostgresPool,
  limit: Duration = "1s",
): PostgresPool {
  const limitMs = durationMs(limit, "limit");
  const ignore = (): void => {}; // the next query says it, if it goes on
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return {
    options: pool.options,
    ...(pool.Client && { Client: pool.Client }),
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      // `pg` sets it anew whenever it hands a client out, and throws at a second call.
      const release = client.release.bind(client);
      let released = false;
      const timer = setTimeout(() => client.release(true), limitMs);
      client.release = (destroy) => {
        clearTimeout(timer);
        if (!released) release(destroy);
        released = true;
      };
      return client;
    },
  };
}

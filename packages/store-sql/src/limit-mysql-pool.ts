// A pool of `mysql2` that gets rid of connections that fell silent, as `limitPostgresPool` does.
import { Duplex } from "node:stream";
import { type Duration, durationMs } from "@latchkey/session-core";
import type { MysqlPool, MysqlPoolConnection } from "kysely";

/**
 * Ends a connection that a query or transaction has held for longer than `limit`.
 *
 * @param pool Yours; with `connectTimeout`, since `limit` begins once there is a connection.
 * @param limit Default `'1s'`. Give the store a pool of its own if other queries take longer.
 * @returns For `new MysqlDialect({ pool })`.
 * @throws {TypeError} When `limit` is not a duration.
 */
export function limitMysqlPool(pool: MysqlPool, limit: Duration = "1s"): MysqlPool {
  const limitMs = durationMs(limit, "limit");
  const timers = new WeakMap<MysqlPoolConnection, NodeJS.Timeout>();

  function limited(connection: MysqlPoolConnection): void {
    if (!timers.has(connection)) {
      const release = connection.release.bind(connection);
      connection.release = () => {
        clearTimeout(timers.get(connection));
        release();
      };
    }
    timers.set(
      connection,
      setTimeout(() => end(connection, limit), limitMs),
    );
  }

  return {
    end: (callback) => pool.end(callback),
    getConnection(callback) {
      pool.getConnection((error, connection) => {
        if (!error) limited(connection);
        callback(error, connection);
      });
    },
  };
}

/** `destroy` waits for the other side's goodbye, and leaves the query without an answer. */
function end(connection: MysqlPoolConnection, limit: Duration): void {
  if ("stream" in connection && connection.stream instanceof Duplex) {
    connection.stream.destroy(new Error(`the connection was held for ${limit}`));
  } else {
    connection.destroy();
  }
}

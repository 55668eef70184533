// What is measured, and what it gets.

export const families = ["express", "fastify", "koa", "hono"] as const;
export type Family = (typeof families)[number];

export interface User {
  id: string;
  name: string;
}

export interface Data {
  color: string;
  n: number;
}

export interface Context {
  /** To be called with a name for each call to the store. Redis is watched from outside. */
  count(call: string): void;
  /** Another one at each call. */
  nextUser(): User;
  /** Of a Redis for the benchmark alone. */
  redisUrl: string;
}

export type Keeping = "nothing" | "memory" | "database" | "redis" | "cookie";

/**
 * A server with three routes: `POST /enter` logs a new user in and sets the data key `color`,
 * `GET /read` says the user's id and that key (`- -` for nobody), `POST /write` raises the key `n`
 * and says it.
 */
export interface Subject {
  family: Family;
  /** One of its kind in the family. */
  name: string;
  /** Ours; a peer, which the benchmark installs on demand; or the framework alone. */
  side: "ours" | "peer" | "bare";
  /** Where a session's data is. */
  keeps: Keeping;
  /** Serves on a free port of 127.0.0.1, and says which. */
  start(context: Context): Promise<number>;
}

/** Two of the same in each family: what they differ by is noise. */
export const BARE = "bare";
export const BARE_AGAIN = "bare again";

/** As the child process is told. */
export function keyOf({ family, name }: Subject): string {
  return `${family}/${name}`;
}

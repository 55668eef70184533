// Many requests in little time: a few connections, each with a batch under way at a time.

import { connect, type Socket } from "node:net";

export interface Flood {
  url: string;
  paths: readonly string[];
  requests: number;
  /** A whole `Cookie` header for the nth request. Default: none. */
  cookie?: (index: number) => string;
}

const CONNECTIONS = 8;
const BATCH = 10;

/** @returns How many answers came with each status, and how many set a session's cookie. */
export async function flood(options: Flood): Promise<Tally> {
  const tally: Tally = { statuses: {}, sessions: 0 };
  let next = 0;
  const take = (): string | null => {
    if (next >= options.requests) return null;
    const count = Math.min(BATCH, options.requests - next);
    const batch = Array.from({ length: count }, (_, index) => requestText(options, next + index));
    next += count;
    return batch.join("");
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => run(options.url, take, tally)));
  return tally;
}

export interface Tally {
  statuses: Record<string, number>;
  sessions: number;
}

function requestText({ paths, cookie }: Flood, index: number): string {
  const path = paths[index % paths.length] ?? "/";
  const line = cookie === undefined ? "" : `Cookie: ${cookie(index)}\r\n`;
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n${line}\r\n`;
}

/** One connection: a batch, all its answers, the next batch. */
async function run(url: string, take: () => string | null, tally: Tally): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const answers = readHeads(socket);
  for (let batch = take(); batch !== null; batch = take()) {
    socket.write(batch);
    for (let left = batch.split("\r\n\r\n").length - 1; left > 0; left--) {
      const { value: head } = await answers.next();
      if (head === undefined) throw new Error("the app closed a connection in the flood");
      const status = head.slice(9, 12);
      tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
      if (/^set-cookie: (?:__Host-)?sid=/im.test(head)) tally.sessions += 1;
    }
  }
  socket.destroy();
}

/** The head of each answer; bodies are skipped. */
async function* readHeads(socket: Socket): AsyncGenerator<string, undefined> {
  let rest = "";
  let skip = 0;
  for await (const chunk of socket) {
    rest += chunk.toString("latin1");
    for (;;) {
      if (rest.length < skip) break;
      const end = rest.indexOf("\r\n\r\n", skip);
      if (end === -1) break;
      const head = rest.slice(skip, end);
      rest = rest.slice(end + 4);
      skip = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      yield head;
    }
  }
  return undefined;
}

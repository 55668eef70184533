// How much the promises are put to the test: a little of everything in every run, all of it when
// `PROMISES=all` is set; as many kills as `KILLS` says.

export const PROMISES_ALL: boolean = process.env["PROMISES"] === "all";

export interface PromiseSize {
  /** Sessions that are written to, and how many writes and increments each of them gets. */
  sessions: number;
  writes: number;
  /** Logouts among slow writes. */
  logouts: number;
  kills: number;
  /** Requests for each outage. */
  requests: number;
  /** Also the outages that Express's own tests have in every run: silent, and slow. */
  allOutages: boolean;
}

/** @param own What an example does more of in every run. */
export function promiseSize(own: Partial<PromiseSize>): PromiseSize {
  const size: PromiseSize = PROMISES_ALL
    ? { sessions: 100, writes: 100, logouts: 20, kills: 20, requests: 200, allOutages: true }
    : { sessions: 4, writes: 100, logouts: 5, kills: 3, requests: 40, allOutages: false, ...own };
  const kills = process.env["KILLS"];
  return kills === undefined ? size : { ...size, kills: Number(kills) };
}

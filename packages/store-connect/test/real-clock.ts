// express-session stores go by the real time, so their tests do, too.

import { setTimeout as sleep } from "node:timers/promises";

export const realClock = {
  now: (): number => Date.now(),
  advance: async (ms: number): Promise<void> => {
    await sleep(ms);
  },
};

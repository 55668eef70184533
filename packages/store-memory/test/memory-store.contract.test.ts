// The Store contract, with a fake clock.
import { storeContract } from "@latchkey/testing";
import { test } from "vitest";
import { memoryStore } from "../src/index.ts";

storeContract({
  test,
  create: async () => {
    let time = Date.UTC(2030, 0, 1);
    return {
      store: memoryStore({ now: () => time }),
      now: () => time,
      advance: async (ms) => {
        time += ms;
      },
      close: async () => {},
    };
  },
});

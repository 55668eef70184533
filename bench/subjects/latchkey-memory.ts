// Latchkey on its memory store.

import { memoryStore } from "@latchkey/store-memory";
import type { SetUp } from "../subject.ts";
import { setUpLatchkey } from "./latchkey-app.ts";

export const setUp: SetUp = (app, count) => setUpLatchkey(app, memoryStore(), count);

// One application set up the same way in every test.

import { type Data, settings, type User } from "../../adapter-node/test/shared/site-parts.ts";
import { type Latchkey, type LatchkeyOptions, latchkey } from "../src/index.ts";

export function setUp(options: Partial<LatchkeyOptions<User>> = {}): Latchkey<User, Data> {
  return latchkey<User, Data>({ ...settings(), ...options });
}

// One application set up the same way in every test.

import { type Latchkey, type LatchkeyOptions, latchkey } from "../src/index.ts";
import { type Data, settings, type User } from "./shared/site-parts.ts";

export function setUp(options: Partial<LatchkeyOptions<User>> = {}): Latchkey<User, Data> {
  return latchkey<User, Data>({ ...settings(), ...options });
}

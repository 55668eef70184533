// What differs between the ways that a code can take.

import type { LoginField } from "@latchkey/auth-core";

export interface CodeChannel<User> {
  /** Name of the login method. */
  name: string;
  /** How its form asks for the address. */
  field: Omit<LoginField, "name">;
  /** Said when the address is none. */
  wrongAddress: string;
  /** The one spelling of an address; `null` when it is none. */
  read(typed: string): string | null;
  user(address: string): User;
  /** Hands the message over. */
  send(message: CodeMessage): Promise<void>;
  /** Links in messages; `null` for none. */
  link: CodeLink | null;
}

interface CodeLink {
  /** The login page, as browsers see it. */
  url: string;
  /** Whether opening the link is enough. */
  instant: boolean;
  /** Whether it works in other browsers than the one that asked. */
  anyBrowser: boolean;
}

interface CodeMessage {
  address: string;
  code: string;
  link: string | null;
  minutes: number;
}

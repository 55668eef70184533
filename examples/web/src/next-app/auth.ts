// What all routes of a Next.js application share. Settings are those of every example; `next build`
// loads this file, too, and needs them then.

import { latchkey } from "@latchkey/adapter-web";
import { openStore } from "@latchkey/config";
import { type AppUser, openUsers, readExampleSettings } from "@latchkey/example-shared";

type Notes = Record<string, string>;

const settings = readExampleSettings(process.env);
const { store } = await openStore(settings.store);
const users = await openUsers(settings.users, settings.seedUsers);

export const auth = latchkey<AppUser, Notes>({
  store,
  keys: settings.keys,
  ...settings.lifetimes,
  loadUser: (id) => users.load(id),
  trustProxy: settings.trustProxy,
});
export const login = auth.login(users.login);
export const logout = auth.logout();
export const members = auth.require(true);

// All rules of the adapter contract, in the order they are run.

import { bodyRules } from "./adapter-contract-bodies.ts";
import { cookieRules } from "./adapter-contract-cookies.ts";
import { csrfRules } from "./adapter-contract-csrf.ts";
import { dataRules } from "./adapter-contract-data.ts";
import { enumerationRules } from "./adapter-contract-enumeration.ts";
import { fixationRules } from "./adapter-contract-fixation.ts";
import { guardRules } from "./adapter-contract-guards.ts";
import { headRules } from "./adapter-contract-heads.ts";
import { lifetimeRules } from "./adapter-contract-lifetime.ts";
import { loginRules } from "./adapter-contract-login.ts";
import { logoutRules } from "./adapter-contract-logout.ts";
import { nameRules } from "./adapter-contract-names.ts";
import { publicRules } from "./adapter-contract-public.ts";
import { redirectRules } from "./adapter-contract-redirects.ts";
import { restartRules, stopRules } from "./adapter-contract-restart.ts";
import type { AdapterRule } from "./adapter-contract-rule.ts";
import { secretRules } from "./adapter-contract-secrets.ts";
import { sessionsRules } from "./adapter-contract-sessions.ts";
import { settingRules } from "./adapter-contract-settings.ts";

/**
 * @param persistent Whether sessions survive a restart of the app.
 * @param storeOnly Leaves out what has nothing to do with the store.
 */
export function adapterRules(persistent: boolean, storeOnly: boolean): readonly AdapterRule[] {
  const restart = persistent ? restartRules : [];
  const stored = [
    ...[publicRules, loginRules, lifetimeRules, logoutRules, fixationRules],
    ...[enumerationRules, sessionsRules, dataRules, headRules, stopRules, restart],
  ];
  const others = [
    guardRules,
    redirectRules,
    cookieRules,
    csrfRules,
    bodyRules,
    nameRules,
    settingRules,
  ];
  const rules = [...stored, ...(storeOnly ? [] : others)].flat();
  const waiting = rules.filter(({ waits }) => waits);
  // The last looks back at all that the others did.
  return [...waiting, ...rules.filter((rule) => !waiting.includes(rule)), ...secretRules];
}

// The groups of a user: from the entry itself, by Active Directory's rule for nested ones, or by a search.

import type { Client } from "ldapts";
import { askDirectory, type FoundEntry, onlyValue } from "./find-entry.ts";
import { Failure } from "./ldap-login-error.ts";
import { escapeFilter, fill } from "./template.ts";

export type GroupSettings =
  | { kind: "memberOf" }
  | { kind: "nested"; base: string }
  | { kind: "search"; base: string; filter: string };

// Well below what servers allow at once (OpenLDAP 500, Active Directory 1,000).
const PAGE = 250;

/** DNs. @throws {Failure} */
export async function readGroups(
  client: Client,
  groups: GroupSettings,
  entry: FoundEntry,
): Promise<string[]> {
  switch (groups.kind) {
    case "memberOf":
      return memberOf(entry);
    case "nested": {
      // LDAP_MATCHING_RULE_IN_CHAIN: also groups of groups.
      const filter = "(member:1.2.840.113556.1.4.1941:={dn})";
      const found = await searchGroups(client, { base: groups.base, filter }, entry).catch(
        (error) => {
          throw refusesRule(error) ? new Failure("ERR_LDAP_NESTED_GROUPS", error.cause) : error;
        },
      );
      // RFC 4511 §4.5.1.7: a rule that a server doesn't know matches nothing, without an error.
      if (found.length === 0 && !(await isActiveDirectory(client))) {
        throw new Failure("ERR_LDAP_NESTED_GROUPS");
      }
      return found;
    }
    case "search":
      return searchGroups(client, groups, entry);
  }
}

async function searchGroups(
  client: Client,
  { base, filter }: { base: string; filter: string },
  entry: FoundEntry,
): Promise<string[]> {
  // An entry without the attribute has no groups by it.
  let isComplete = true;
  const filled = fill(filter, (name) => {
    const value = onlyValue(entry, name);
    if (value === null) isComplete = false;
    return escapeFilter(value ?? "");
  });
  if (!isComplete) return [];
  const { searchEntries } = await askDirectory(() =>
    client.search(base, {
      filter: filled,
      scope: "sub",
      attributes: ["1.1"], // RFC 4511 §4.5.1.8: none, the DN is enough
      paged: { pageSize: PAGE },
    }),
  );
  return searchEntries.map(({ dn }) => dn);
}

function memberOf({ attributes }: FoundEntry): string[] {
  const found = Object.entries(attributes).find(([name]) => name.toLowerCase() === "memberof");
  return [...(found?.[1] ?? [])];
}

function refusesRule(error: unknown): error is Failure {
  return error instanceof Failure && error.code === "ERR_LDAP_SEARCH";
}

/** MS-ADTS §3.1.1.3.4.3: what it says about itself. */
async function isActiveDirectory(client: Client): Promise<boolean> {
  const { searchEntries } = await askDirectory(() =>
    client.search("", { scope: "base", attributes: ["supportedCapabilities"] }),
  );
  const capabilities = [searchEntries[0]?.["supportedCapabilities"] ?? []].flat();
  return capabilities.includes("1.2.840.113556.1.4.800");
}

// The user that an entry of the directory makes.

import type { Client } from "ldapts";
import { type EntrySearch, type FoundEntry, onlyValue } from "./find-entry.ts";
import { Failure } from "./ldap-login-error.ts";
import type { SearchSettings } from "./ldap-settings.ts";
import { type GroupSettings, readGroups } from "./read-groups.ts";
import { escapeFilter, fill, foldDn, placeholders } from "./template.ts";

/** Who logged in. */
export interface LdapUser {
  /** What `search.user` made of the entry; without a search, the directory's own name for the user. */
  id: string;
  /** The same as `id`. */
  user: string;
  /** `null` where no entry was searched for and the directory tells none. */
  dn: string | null;
  /** Every attribute as a list. */
  attributes: Record<string, string[]>;
  /** DNs. */
  groups: string[];
}

/** What to ask for, to know all that is needed afterwards. */
export function searchFor(
  { base, filter, user, attributes }: SearchSettings,
  groups: GroupSettings,
  typed: string,
): EntrySearch {
  const names = [user, groups.kind === "search" ? groups.filter : ""].flatMap(placeholders);
  const wanted = [...attributes, ...names, "memberOf", "sAMAccountName"];
  return {
    base,
    filter: fill(filter, () => escapeFilter(typed)),
    attributes: [...new Set(wanted)].filter((name) => name !== "dn"),
  };
}

/**
 * Whether an entry is who the directory says is logged in.
 *
 * @param self `dn:…`, or `u:DOMAIN\name` of Active Directory; another `u:` can't be compared.
 */
export function isSameUser(entry: FoundEntry, self: string): boolean {
  if (self.startsWith("dn:")) return foldDn(self.slice(3)) === foldDn(entry.dn);
  const name = /^u:[^\\]*\\(.+)$/.exec(self)?.[1];
  const account = onlyValue(entry, "sAMAccountName");
  return name === undefined || account === null || name.toLowerCase() === account.toLowerCase();
}

/** @throws {Failure} `ERR_LDAP_ENTRY` without exactly one value for the id, or a fault. */
export async function userOf(
  client: Client,
  entry: FoundEntry,
  search: SearchSettings,
  groups: GroupSettings,
): Promise<LdapUser> {
  const id = fill(search.user, (name) => {
    const value = onlyValue(entry, name);
    if (value === null) throw new Failure("ERR_LDAP_ENTRY");
    return value;
  });
  const wanted = new Set(search.attributes.map((name) => name.toLowerCase()));
  const isWanted = (name: string): boolean =>
    wanted.has("*") || wanted.has(name) || wanted.has(name.replace(/;.*/, ""));
  const chosen = Object.entries(entry.attributes).filter(([name]) => isWanted(name.toLowerCase()));
  return {
    id,
    user: id,
    dn: entry.dn,
    attributes: Object.fromEntries(chosen),
    groups: await readGroups(client, groups, entry),
  };
}

// Finding the one entry of a user, and what of it becomes part of the session's user.

import type { Client, Entry } from "ldapts";
import { Failure } from "./ldap-login-error.ts";
import { faultOf } from "./result-code.ts";

export interface FoundEntry {
  dn: string;
  /** As the directory spells the names; text, or base64 of what is not text. */
  attributes: Record<string, string[]>;
}

export interface EntrySearch {
  base: string;
  /** With everything filled in. */
  filter: string;
  attributes: readonly string[];
}

/**
 * The one entry that matches.
 *
 * @throws {Failure} `ERR_LDAP_UNKNOWN_USER`, `ERR_LDAP_AMBIGUOUS_USER`, or a fault.
 */
export async function findEntry(client: Client, search: EntrySearch): Promise<FoundEntry> {
  const { base, filter, attributes } = search;
  // Where the tree goes on at another server, there are references beside the entries: ignored.
  const { searchEntries } = await askDirectory(() =>
    client.search(base, {
      filter,
      scope: "sub",
      attributes: [...attributes],
      explicitBufferAttributes: [...binary],
      sizeLimit: 2,
    }),
  );
  if (searchEntries.length > 1) throw new Failure("ERR_LDAP_AMBIGUOUS_USER");
  const [entry] = searchEntries;
  // The root has no name, and a bind without one proves nothing.
  if (entry === undefined || entry.dn === "") throw new Failure("ERR_LDAP_UNKNOWN_USER");
  return { dn: entry.dn, attributes: attributesOf(entry) };
}

/** @throws {Failure} `ERR_LDAP_SEARCH`, or a fault of the server. */
export async function askDirectory<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new Failure(faultOf(error) ?? "ERR_LDAP_SEARCH", error);
  }
}

/** The only value of an attribute, however its name is spelled. */
export function onlyValue({ attributes, dn }: FoundEntry, name: string): string | null {
  const wanted = name.toLowerCase();
  if (wanted === "dn") return dn;
  const found = Object.entries(attributes).find(([key]) => key.toLowerCase() === wanted)?.[1];
  return found?.length === 1 ? (found[0] ?? null) : null;
}

function attributesOf({ dn: _, ...entry }: Entry): Record<string, string[]> {
  const attributes: [string, string[]][] = [];
  for (const [name, value] of Object.entries(entry)) {
    const values = [value].flat().map(textOf);
    if (values.length > 0 && !secret.has(name.toLowerCase())) attributes.push([name, values]);
  }
  return Object.fromEntries(attributes);
}

function textOf(value: string | Buffer): string {
  return typeof value === "string" ? value : value.toString("base64");
}

/** Always bytes; by chance, those of one user might be text. */
const binary: readonly string[] = [
  "objectGUID",
  "objectSid",
  "mS-DS-ConsistencyGuid",
  "jpegPhoto",
  "thumbnailPhoto",
];

/** Never part of a user, whoever may read them: passwords, their hashes and keys made of them. */
const secret: ReadonlySet<string> = new Set([
  "userpassword",
  "authpassword",
  "unicodepwd",
  "dbcspwd",
  "lmpwdhistory",
  "ntpwdhistory",
  "pwdhistory",
  "supplementalcredentials",
  "sambantpassword",
  "sambalmpassword",
  "sambapasswordhistory",
  "krbprincipalkey",
  "ipanthash",
  "ms-mcs-admpwd",
]);

// The options of ldapLogin, checked once and with their defaults.

import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { durationMs } from "@latchkey/session-core";
import { FilterParser } from "ldapts";
import type { LdapServer, TlsSettings } from "./connection.ts";
import type { LdapLoginError } from "./ldap-login-error.ts";
import type { LdapLoginOptions, LdapSearchOptions } from "./ldap-options.ts";
import type { GroupSettings } from "./read-groups.ts";
import { fill, isDn, placeholders } from "./template.ts";

export interface DirectAccess {
  kind: "direct";
  user: string;
  search: SearchSettings | null;
}

export interface SearchAccess {
  kind: "search";
  bind: { dn: string; password: string };
  search: SearchSettings;
}

export interface SearchSettings {
  base: string;
  filter: string;
  user: string;
  attributes: readonly string[];
}

/** The options with their defaults. */
export interface LdapSettings {
  servers: LdapServer[];
  tls: TlsSettings;
  access: DirectAccess | SearchAccess;
  groups: GroupSettings;
  timeoutMs: number;
  concurrency: number;
  fields: { user: string; password: string };
  onError(error: LdapLoginError): void;
}

const usual = ["cn", "displayName", "givenName", "sn", "mail", "uid", "sAMAccountName"];

/** @throws {TypeError} Naming the option. */
export function readLdapOptions(options: LdapLoginOptions): LdapSettings {
  const { tls = {}, plaintext = false, timeout = "3s", concurrency = 100 } = options;
  const { onError = warn } = options;
  const servers = [options.url].flat().map((url) => readServer(url, plaintext));
  if (servers.length === 0) throw new TypeError("url must name a server");
  const access = readAccess(options);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new TypeError("concurrency must be a whole number of at least 1");
  }
  return {
    servers,
    tls: {
      secureContext: createSecureContext(
        tls.ca === undefined ? {} : { ca: readAuthorities(tls.ca) },
      ),
      servername: tls.servername === undefined ? null : text(tls.servername, "tls.servername"),
    },
    access,
    groups: readGroupOptions(options.groups, access.search),
    timeoutMs: durationMs(timeout, "timeout"),
    concurrency,
    fields: readFields(options.fields),
    onError: (error) => void tell(onError, error),
  };
}

/** What fails in there must not fail a login, nor be a rejection that nobody handles. */
async function tell(
  onError: (error: LdapLoginError) => unknown,
  error: LdapLoginError,
): Promise<void> {
  try {
    await onError(error);
  } catch (failure) {
    console.error("onError failed:", failure, "when told of:", error);
  }
}

function readServer(value: string, plaintext: boolean): LdapServer {
  const url = URL.parse(value);
  const scheme = url?.protocol;
  const isPlain =
    url?.hostname &&
    !(url.username || url.password || url.search || url.hash) &&
    ["", "/"].includes(url.pathname);
  if (!url || !isPlain || (scheme !== "ldap:" && scheme !== "ldaps:")) {
    throw new TypeError("url must be ldaps://host, ldap://host or one of them with :port");
  }
  const secure = scheme === "ldaps:";
  return {
    url: value,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 636 : 389) : Number(url.port),
    security: secure ? "ldaps" : plaintext === true ? "plaintext" : "starttls",
  };
}

function readAccess({ user, bind, search }: LdapLoginOptions): DirectAccess | SearchAccess {
  const found = search === undefined ? null : readSearch(search);
  if (bind !== undefined) {
    if (user !== undefined) throw new TypeError("user and bind are two ways; give one of them");
    if (found === null) throw new TypeError("search is required with bind");
    const dn = text(bind.dn, "bind.dn");
    // RFC 4513 §5.1.2: without a password, a bind succeeds as nobody.
    return {
      kind: "search",
      bind: { dn, password: text(bind.password, "bind.password") },
      search: found,
    };
  }
  return { kind: "direct", user: readTemplate(text(user, "user (or bind)")), search: found };
}

/**
 * With `{user}` alone visitors type a whole DN, which has any number of spellings, or one of many kinds
 * of names: nothing could tell that guesses are at one account.
 */
function readTemplate(template: string): string {
  requirePlaceholders(template, "user", ["user"]);
  if (isDn(template) || (/[\\@]/.test(template) && !/[,=]/.test(template))) return template;
  throw new TypeError(
    "user must be DOMAIN\\{user}, {user}@domain or a DN such as uid={user},ou=people,dc=example; " +
      "where people log in with anything else, give bind and search",
  );
}

function readSearch({
  base,
  filter,
  user = "{dn}",
  attributes = usual,
}: LdapSearchOptions): SearchSettings {
  requirePlaceholders(requireFilter(filter, "search.filter"), "search.filter", ["user"]);
  if (placeholders(text(user, "search.user")).length === 0) {
    throw new TypeError("search.user must have an attribute in braces, e.g. {sAMAccountName}");
  }
  if (!Array.isArray(attributes)) throw new TypeError("search.attributes must be a list of names");
  for (const name of attributes) text(name, "search.attributes");
  return { base: text(base, "search.base"), filter, user, attributes };
}

function readGroupOptions(
  groups: LdapLoginOptions["groups"] = "memberOf",
  search: SearchSettings | null,
): GroupSettings {
  if (groups === "memberOf") return { kind: "memberOf" };
  if (search === null) throw new TypeError("groups need search, which finds the user's entry");
  if (groups === "nested") return { kind: "nested", base: search.base };
  const { filter, base = search.base } = groups;
  if (placeholders(requireFilter(filter, "groups.filter")).length === 0) {
    throw new TypeError("groups.filter must have {dn} or an attribute in braces");
  }
  return { kind: "search", base: text(base, "groups.base"), filter };
}

function requireFilter(value: unknown, option: string): string {
  const filter = text(value, option);
  try {
    if (!isOneExpression(filter)) throw new Error("its parentheses don't match");
    FilterParser.parseString(fill(filter, () => "x"));
  } catch (cause) {
    throw new TypeError(`${option} is not a filter such as (uid={user})`, { cause });
  }
  return filter;
}

/** One pair of parentheses around everything: the parser ignores what is missing or left over. */
function isOneExpression(filter: string): boolean {
  let depth = 0;
  for (let index = 0; index < filter.length; index++) {
    const char = filter[index];
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
    if (depth <= 0 && index < filter.length - 1) return false;
  }
  return depth === 0;
}

function requirePlaceholders(template: string, option: string, allowed: string[]): void {
  const names = placeholders(template);
  if (names.length === 0 || names.some((name) => !allowed.includes(name))) {
    throw new TypeError(`${option} must have {${allowed.join("} or {")}} and no other braces`);
  }
}

function readFields({ user = "user", password = "password" } = {}): LdapSettings["fields"] {
  const fields = { user: text(user, "fields.user"), password: text(password, "fields.password") };
  if (fields.user === fields.password)
    throw new TypeError("fields.user and fields.password are equal");
  return fields;
}

function readAuthorities(ca: string | Buffer | readonly (string | Buffer)[]): (string | Buffer)[] {
  const list = [ca].flat();
  // Node would take an empty list for "trust whom you always trust", and skip what it can't read.
  if (list.length === 0 || !list.every(isCertificate)) {
    throw new TypeError("tls.ca must be certificates as PEM");
  }
  return list;
}

function isCertificate(pem: string | Buffer): boolean {
  try {
    return String(pem).includes("BEGIN CERTIFICATE") && new X509Certificate(pem).subject !== null;
  } catch {
    return false;
  }
}

function text(value: unknown, option: string): string {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(`${option} must be text of at least one character`);
  }
  return value;
}

function warn(error: LdapLoginError): void {
  if (error.code === "ERR_LDAP_CREDENTIALS" || error.code === "ERR_LDAP_UNKNOWN_USER") return;
  process.emitWarning(error.message, { type: error.name, code: error.code });
}

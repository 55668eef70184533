export { ldapLogin } from "./ldap-login.ts";
export { type LdapErrorCode, LdapLoginError } from "./ldap-login-error.ts";
export type { LdapLoginOptions, LdapSearchOptions } from "./ldap-options.ts";
export type { LdapUser } from "./ldap-user.ts";

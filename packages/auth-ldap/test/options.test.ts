import { expect, it, vi } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { LdapLoginError, ldapLogin } from "../src/index.ts";
import { readLdapOptions } from "../src/ldap-settings.ts";

const base = { url: "ldaps://dc.corp.example", user: "CORP\\{user}" };
const search = { base: "dc=x", filter: "(uid={user})" };
const broken = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----";

it.each([
  [{}, /url/],
  [{ url: [] }, /url/],
  [{ url: "dc.corp.example" }, /url/],
  [{ url: "https://dc.corp.example" }, /url/],
  [{ url: "ldap://" }, /url/],
  [{ url: "ldap://dc.corp.example/dc=corp" }, /url/],
  [{ url: "ldap://user:secret@dc.corp.example" }, /url/],
  [{ url: "ldap://dc.corp.example?x" }, /url/],
  [{ user: undefined }, /user/],
  [{ user: "" }, /user/],
  [{ user: "CORP\\alice" }, /user/],
  [{ user: "{user}@{domain}" }, /user/],
  [{ user: "{user}" }, /bind and search/],
  [{ user: " {user} " }, /bind and search/],
  [{ user: "{user},ou=people,dc=x" }, /bind and search/],
  [{ user: "{user},ou=people,o=x@y" }, /bind and search/],
  [{ user: "{user}=alice,o=x\\y" }, /bind and search/],
  [{ bind: { dn: "cn=x", password: "y" }, search }, /user and bind/],
  [{ user: undefined, bind: { dn: "cn=x", password: "y" } }, /search/],
  [{ user: undefined, bind: { dn: "cn=x", password: "" }, search }, /bind\.password/],
  [{ user: undefined, bind: { dn: "cn=x", password: undefined }, search }, /bind\.password/],
  [{ user: undefined, bind: { dn: "", password: "y" }, search }, /bind\.dn/],
  [{ search: { filter: "(uid={user})" } }, /search\.base/],
  [{ search: { ...search, filter: "(uid=alice)" } }, /search\.filter/],
  [{ search: { ...search, filter: "(uid={user})(x={password})" } }, /search\.filter/],
  [{ search: { ...search, filter: "uid={user" } }, /search\.filter/],
  [{ search: { ...search, filter: "(&(uid={user})" } }, /search\.filter/],
  [{ search: { ...search, filter: "(uid={user})(objectClass=person)" } }, /search\.filter/],
  [{ search: { ...search, filter: "(uid={user}))" } }, /search\.filter/],
  [{ search: { ...search, user: "everybody" } }, /search\.user/],
  [{ search: { ...search, attributes: "cn" } }, /search\.attributes/],
  [{ search: { ...search, attributes: [""] } }, /search\.attributes/],
  [{ groups: "nested" }, /groups/],
  [{ search, groups: "all" }, /groups/],
  [{ search, groups: { filter: "(cn=staff)" } }, /groups\.filter/],
  [{ search, groups: { filter: "(member={dn})", base: "" } }, /groups\.base/],
  [{ tls: { ca: [] } }, /tls\.ca/],
  [{ tls: { ca: "/etc/ca.pem" } }, /tls\.ca/],
  [{ tls: { ca: broken } }, /tls\.ca/],
  [{ tls: { ca: [broken, undefined] } }, /tls\.ca/],
  [{ tls: { servername: "" } }, /tls\.servername/],
  [{ timeout: 3 }, /timeout/],
  [{ timeout: "0s" }, /timeout/],
  [{ concurrency: 0 }, /concurrency/],
  [{ fields: { user: "" } }, /fields\.user/],
  [{ fields: { user: "password" } }, /fields/],
])("refuses %j, naming the option", (options, message) => {
  // As from a configuration file, where no type checker looked.
  const given =
    "url" in options || !Object.keys(options).length ? options : { ...base, ...options };
  expect(() => Reflect.apply(ldapLogin, null, [given])).toThrow(TypeError);
  expect(() => Reflect.apply(ldapLogin, null, [given])).toThrow(message);
});

it("starts with what is documented", () => {
  expect(ldapLogin(base).name).toBe("ldap");
  expect(
    ldapLogin({ ...base, name: "staff", url: ["ldap://[::1]:3890", "ldaps://dc2/"] }).name,
  ).toBe("staff");
  ldapLogin({ ...base, search, groups: { filter: "(m={dn})" } });
  for (const user of [
    "{user}@x.example",
    "uid={user},dc=x",
    " cn = x-{user}, dc=x",
    "2.5.4.3={user},o=x",
  ]) {
    ldapLogin({ ...base, user });
  }
});

it.each([
  ["ldap://dc", "dc", 389, "starttls"],
  ["ldaps://dc", "dc", 636, "ldaps"],
  ["ldap://10.20.30.40:100", "10.20.30.40", 100, "starttls"],
  ["ldaps://[::1]:6360/", "::1", 6360, "ldaps"],
])("%s is that host, port and encryption", (url, host, port, security) => {
  expect(readLdapOptions({ ...base, url }).servers).toEqual([{ url, host, port, security }]);
});

it("without onError, warns of what the operator must see and not of wrong passwords", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const login = ldapLogin({ ...base, url: "ldap://localhost:1" });
  await login.step(loginRequest("POST", { user: "alice", password: "hunter2" }));
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    "no connection to the directory (ldap://localhost:1)",
    { type: "LdapLoginError", code: "ERR_LDAP_CONNECT" },
  );
  warn.mockRestore();
});

it("an onError that fails changes no answer", async () => {
  const print = vi.spyOn(console, "error").mockImplementation(() => {});
  for (const onError of [
    () => {
      throw new Error("full disk");
    },
    () => Promise.reject(new Error("full disk")),
  ]) {
    const login = ldapLogin({ ...base, url: "ldap://localhost:1", onError });
    const step = await login.step(loginRequest("POST", { user: "alice", password: "hunter2" }));
    expect(step).toMatchObject({ kind: "rejected", reason: "unavailable" });
  }
  expect(print).toHaveBeenCalledTimes(2);
  print.mockRestore();
});

it("an error is one that can be told from others", () => {
  const at = { server: "ldaps://dc", account: "alice", cause: new Error("x") };
  const error = new LdapLoginError("ERR_LDAP_LOCKED", at);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "LdapLoginError", code: "ERR_LDAP_LOCKED", ...at });
});

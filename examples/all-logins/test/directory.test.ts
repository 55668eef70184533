// The login contract for a directory: a real OpenLDAP, both ways of finding the user.
import { ldapLogin } from "@latchkey/auth-ldap";
import { loginContract } from "@latchkey/testing";
import {
  ensureSlapd,
  SLAPD_ADMIN,
  SLAPD_SUFFIX,
  type SlapdServer,
  startSlapd,
} from "@latchkey/tools/slapd";
import { afterAll, beforeAll, describe, test } from "vitest";
import { frameworks } from "./hosts.ts";
import { passwordSubject } from "./password-subject.ts";

const programs = await ensureSlapd();
const reason = "missing" in programs ? ` (${programs.missing})` : "";
const password = "correct horse battery";
const PEOPLE = `ou=people,${SLAPD_SUFFIX}`;
const entries = `dn: ${PEOPLE}
objectClass: organizationalUnit
ou: people

dn: uid=ann,${PEOPLE}
objectClass: inetOrgPerson
uid: ann
cn: Ann
sn: Smith
userPassword: ${password}
`;

describe.skipIf("missing" in programs)(`OpenLDAP${reason}`, () => {
  let server: SlapdServer;
  beforeAll(async () => {
    if ("missing" in programs) return;
    server = await startSlapd(programs);
    await server.add(entries);
  }, 60_000);
  afterAll(() => server.stop());

  describe.each(frameworks)("%s", (framework) => {
    describe("direct", () => {
      loginContract({
        test,
        after: afterAll,
        start: () =>
          passwordSubject(
            framework,
            ldapLogin({ url: server.url, tls: trust(), user: `uid={user},${PEOPLE}`, search }),
            { user: "ann", password },
          ),
      });
    });

    describe("search, then bind", () => {
      loginContract({
        test,
        after: afterAll,
        start: () =>
          passwordSubject(
            framework,
            ldapLogin({ url: server.url, tls: trust(), bind: SLAPD_ADMIN, search }),
            { user: "ann", password },
          ),
      });
    });
  });

  const search = { base: PEOPLE, filter: "(uid={user})", user: "{uid}" };
  function trust(): { ca: string } {
    if (server.tls === null) throw new Error("the directory has no TLS");
    return { ca: server.tls.ca };
  }
});

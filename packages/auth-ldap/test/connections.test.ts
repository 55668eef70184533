// A client for each bind: who is bound on a connection is never somebody else a moment later.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BASE, type Directory, missing, PEOPLE, startDirectory } from "./directory.ts";
import { startEavesdropper } from "./eavesdropper.ts";
import { tryLogin } from "./try-login.ts";

describe.skipIf(missing !== null)("connections", { timeout: 30_000 }, () => {
  let directory: Directory;
  beforeAll(async () => {
    directory = await startDirectory({ tls: false }); // so that what is said can be read
  }, 60_000);
  afterAll(() => directory?.stop());

  it.each([
    ["direct", 1],
    ["search", 2],
  ] as const)("a login (%s) binds once on each of its own, and leaves none", async (way, each) => {
    const answers = new Map<number, Buffer[]>();
    const line = await startEavesdropper(directory.port, (piece, _, connection) => {
      answers.set(connection, [...(answers.get(connection) ?? []), piece]);
      return piece;
    });
    const options = { ...directory[way], url: `ldap://localhost:${line.port}` };
    const logins: [string, string][] = [
      ["alice", "accepted"],
      ["bob", "accepted"],
      ["alice", "accepted"],
    ];
    for (const [name, expected] of logins) {
      const { outcome } = await tryLogin(options, name, `password of ${name}`);
      expect(outcome).toBe(expected);
    }
    expect((await tryLogin(options, "alice", "wrong")).outcome).toBe("invalid-credentials");
    expect(answers.size).toBe(4 * each);
    for (const pieces of answers.values()) expect(bindAnswers(Buffer.concat(pieces))).toBe(1);
    const said = line.heard().toString("latin1");
    expect(said.split(`uid=alice,${PEOPLE}`).length - 1).toBe(3);
    expect(said.includes(`cn=service,${BASE}`)).toBe(way === "search");
    await line.stop();
  });
});

/** How many BindResponses: a message id of one byte, then [APPLICATION 1]. RFC 4511 §4.2.2. */
function bindAnswers(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === 0x02 && bytes[at + 1] === 0x01 && bytes[at + 3] === 0x61) count += 1;
  }
  return count;
}

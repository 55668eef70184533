import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LdapLoginOptions } from "../src/index.ts";
import { type Directory, missing, startDirectory } from "./directory.ts";
import { startEavesdropper } from "./eavesdropper.ts";
import { tryLogin } from "./try-login.ts";

const password = "password of alice";

describe.skipIf(missing !== null)("row 75: encryption", { timeout: 30_000 }, () => {
  let directory: Directory;
  let ca: string;
  let ldaps: string;
  beforeAll(async () => {
    directory = await startDirectory();
    if (directory.tls === null) throw new Error("no TLS");
    ca = directory.tls.ca;
    ldaps = `ldaps://localhost:${directory.tls.port}`;
  }, 60_000);
  afterAll(() => directory?.stop());

  async function refused(options: LdapLoginOptions): Promise<void> {
    const { outcome, codes } = await tryLogin(options, "alice", password);
    expect([outcome, codes]).toEqual(["unavailable", ["ERR_LDAP_TLS"]]);
  }

  it("LDAPS with an own authority, directly and by search", async () => {
    for (const options of [directory.direct, directory.search]) {
      const { outcome } = await tryLogin({ ...options, url: ldaps }, "alice", password);
      expect(outcome).toBe("accepted");
    }
  });

  it("takes the authority as text, bytes or one of several", async () => {
    for (const given of [ca, Buffer.from(ca), [directory.tls?.otherCa ?? "", Buffer.from(ca)]]) {
      const { outcome } = await tryLogin(
        { ...directory.direct, tls: { ca: given } },
        "alice",
        password,
      );
      expect(outcome).toBe("accepted");
    }
  });

  it("the host may be an address, and the certificate for a name that was configured", async () => {
    for (const url of [ldaps.replace("localhost", "127.0.0.1"), directory.url]) {
      const { outcome } = await tryLogin({ ...directory.direct, url }, "alice", password);
      expect(outcome).toBe("accepted");
      const named = { ...directory.direct, url, tls: { ca, servername: "localhost" } };
      expect((await tryLogin(named, "alice", password)).outcome).toBe("accepted");
    }
  });

  it("refuses an authority that it doesn't know", async () => {
    const otherCa = directory.tls?.otherCa ?? "";
    for (const url of [ldaps, `ldap://localhost:${directory.port}`]) {
      await refused({ ...directory.direct, url, tls: {} });
      await refused({ ...directory.direct, url, tls: { ca: otherCa } });
      await refused({ ...directory.search, url, tls: { ca: otherCa } });
    }
  });

  it("refuses a certificate for another host", async () => {
    for (const url of [ldaps, `ldap://localhost:${directory.port}`]) {
      await refused({ ...directory.direct, url, tls: { ca, servername: "dc.corp.example" } });
      await refused({ ...directory.search, url, tls: { ca, servername: "192.0.2.1" } });
    }
  });

  it("says nothing secret where the certificate is wrong", async () => {
    const line = await startEavesdropper(directory.port);
    try {
      for (const options of [directory.direct, directory.search]) {
        const url = `ldap://localhost:${line.port}`;
        await refused({ ...options, url, tls: { ca: directory.tls?.otherCa ?? "" } });
      }
      expect(line.heard().toString("latin1")).not.toMatch(/password|alice/);
    } finally {
      await line.stop();
    }
  });

  it("says nothing secret before StartTLS, nor after", async () => {
    const line = await startEavesdropper(directory.port);
    try {
      for (const options of [directory.direct, directory.search]) {
        const url = `ldap://localhost:${line.port}`;
        expect((await tryLogin({ ...options, url }, "alice", password)).outcome).toBe("accepted");
      }
      const heard = line.heard().toString("latin1");
      expect(heard).toContain("1.3.6.1.4.1.1466.20037");
      expect(heard).not.toMatch(/password|alice|uid/);
    } finally {
      await line.stop();
    }
  });

  it("a directory without TLS gets no password, unless plaintext was asked for", async () => {
    const bare = await startDirectory({ tls: false });
    const line = await startEavesdropper(bare.port);
    try {
      for (const options of [bare.direct, bare.search]) {
        const url = `ldap://localhost:${line.port}`;
        await refused({ ...options, url, plaintext: false });
        expect(line.heard().toString("latin1")).not.toMatch(/password|alice|service/);
      }
      const url = `ldap://localhost:${line.port}`;
      expect((await tryLogin({ ...bare.direct, url }, "alice", password)).outcome).toBe("accepted");
      expect(line.heard().toString("latin1")).toContain(password);
    } finally {
      await line.stop();
      await bare.stop();
    }
  });

  it("StartTLS stripped by somebody in between is refused", async () => {
    // protocolError, as of a server that doesn't know the operation
    const no = Buffer.from("300c02010278070a010204000400", "hex");
    const line = await startEavesdropper(directory.port, (piece, index) =>
      index === 0 ? no : piece,
    );
    try {
      for (const options of [directory.direct, directory.search]) {
        await refused({ ...options, url: `ldap://localhost:${line.port}` });
      }
      expect(line.heard().toString("latin1")).not.toMatch(/password|alice|service/);
    } finally {
      await line.stop();
    }
  });

  it("what was slipped in before TLS began is not read as the directory's answer", async () => {
    // The beginning of "bind succeeded", as message 3: the bind that will follow. Its last part would
    // swallow the beginning of the directory's true answer.
    const lure = Buffer.from("3014020103610f0a010004000408", "hex");
    const line = await startEavesdropper(directory.port, (piece, index, connection) =>
      // On the second connection, where the user's password is the last word.
      index === 0 && connection === 1 ? Buffer.concat([piece, lure]) : piece,
    );
    try {
      const url = `ldap://localhost:${line.port}`;
      const { outcome } = await tryLogin({ ...directory.search, url }, "alice", "wrong");
      expect(outcome).toBe("invalid-credentials");
    } finally {
      await line.stop();
    }
  });
});

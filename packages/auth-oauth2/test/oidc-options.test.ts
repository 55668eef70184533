// What `oidcLogin` refuses at construction, and what keys and hashes must look like.
import { createSign, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessTokenHash } from "../src/id-token.ts";
import { type OidcLoginOptions, oidcLogin } from "../src/index.ts";
import { createProviderKeys } from "../src/provider-keys.ts";
import { verifySignedToken } from "../src/signed-token.ts";
import { type HostileProvider, startHostile } from "./hostile-provider.ts";

let op: HostileProvider;
beforeAll(async () => {
  op = await startHostile();
});
afterAll(() => op.stop());

const base: OidcLoginOptions = {
  issuer: "https://op.example",
  clientId: "app",
  clientSecret: "x".repeat(32),
};

test("the smallest options that work", () => {
  expect(oidcLogin({ issuer: "https://op.example", clientId: "app" }).name).toBe("oidc");
  expect(oidcLogin({ ...base, algorithms: ["HS256"] }).name).toBe("oidc");
});

test.each<[string, Partial<OidcLoginOptions>, RegExp]>([
  ["an issuer without https", { issuer: "http://op.example" }, /issuer/],
  ["an issuer with a query", { issuer: "https://op.example/?a=b" }, /issuer/],
  ["an issuer with a password", { issuer: "https://a:b@op.example" }, /issuer/],
  ["no algorithm", { algorithms: [] }, /algorithms/],
  ["the algorithm none", { algorithms: ["RS256", "none"] }, /algorithms.*'none'/],
  ["an algorithm in other case", { algorithms: ["rs256"] }, /algorithms.*'rs256'/],
  ["row 58: a short secret", { algorithms: ["HS256"], clientSecret: "x".repeat(31) }, /32 bytes/],
  ["a secret too short for HS512", { algorithms: ["HS256", "HS512"] }, /64 bytes/],
  ["clocks an hour apart", { clockTolerance: "1h" }, /clockTolerance/],
  ["an unknown way to answer", JSON.parse('{"responseMode":"fragment"}'), /responseMode/],
  ["a state of one's own", { params: { state: "x" } }, /params can't set state/],
  ["a nonce of one's own", { params: { nonce: "x" } }, /params can't set nonce/],
  ["a parameter that is no text", { params: JSON.parse('{"a":1}') }, /params\.a/],
  ["back-channel logout without a store", { backChannelLogout: true }, /backChannelLogout.*store/],
  [
    "front-channel logout without a store",
    { frontChannelLogout: true },
    /frontChannelLogout.*store/,
  ],
  ["a way back without https", { postLogoutRedirectUri: "http://a.b/" }, /postLogoutRedirectUri/],
  ["a duration that is none", JSON.parse('{"maxAge":"soon"}'), /maxAge/],
  ["a trusted origin without https", { discovery: { trustedOrigins: ["http://a.b"] } }, /trusted/],
])("%s is a TypeError that says so", (_, options, message) => {
  expect(() => oidcLogin({ ...base, ...options })).toThrow(message);
});

test("HMAC without any secret is refused", () => {
  const { clientSecret: _, ...without } = base;
  expect(() => oidcLogin({ ...without, algorithms: ["HS256"] })).toThrow(/clientSecret/);
});

test("row 58: an RSA key of 1,024 bits signs nothing", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1_024 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "weak", use: "sig", alg: "RS256" };
  op.lies.jwks = (response) => void response.end(JSON.stringify({ keys: [jwk] }));
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: op.issuer, aud: "app", iat: now, exp: now + 60 };
  const text = `${part({ alg: "RS256", kid: "weak" })}.${part(claims)}`;
  const token = `${text}.${createSign("sha256").update(text).sign(privateKey, "base64url")}`;
  const verifier = {
    issuer: op.issuer,
    clientId: "app",
    algorithms: ["RS256"],
    keys: createProviderKeys(new URL(`${op.issuer}/jwks`), { publicOnly: false }),
    secret: null,
    toleranceMs: 0,
    now: Date.now,
  };
  await expect(verifySignedToken(token, verifier, [null])).rejects.toHaveProperty(
    "code",
    "ERR_TOKEN_INVALID",
  );
  // The same with a key that is long enough is fine.
  const { privateKey: long, publicKey: other } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
  });
  const longJwk = { ...other.export({ format: "jwk" }), kid: "strong", alg: "RS256" };
  op.lies.jwks = (response) => void response.end(JSON.stringify({ keys: [longJwk] }));
  const keys = createProviderKeys(new URL(`${op.issuer}/jwks`), { publicOnly: false });
  const good = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "strong" });
  const verified = await verifySignedToken(await good.sign(long), { ...verifier, keys }, [null]);
  expect(verified.claims.aud).toBe("app");
});

test("at_hash: the example of OpenID Connect Core 1.0, appendix A.3", () => {
  const token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
  expect(accessTokenHash(token, "RS256")).toBe("77QmUPtjPfzWtF2AnpK9RQ");
  expect(accessTokenHash(token, "ES256")).toBe("77QmUPtjPfzWtF2AnpK9RQ");
  expect(accessTokenHash(token, "PS384")).toHaveLength(32);
  for (const alg of ["RS512", "EdDSA", "Ed25519"]) {
    expect(accessTokenHash(token, alg)).toHaveLength(43);
  }
});

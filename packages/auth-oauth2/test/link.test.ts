import { expect, test } from "vitest";
import { type LinkQuestion, mayLink } from "../src/index.ts";

const now = 1_900_000_000_000;
const good: LinkQuestion = {
  account: { id: "u-1", email: "ann@example.com", emailVerified: true },
  identity: { email: "Ann@Example.com", email_verified: true },
  proof: { accountId: "u-1", at: now - 60_000 },
  now,
};

test("a verified address on both sides and a fresh login to the account link the two", () => {
  expect(mayLink(good)).toEqual({ kind: "link" });
});

test.each<[string, unknown]>([
  ["absent", undefined],
  ["null", null],
  ["false", false],
  ["the text true", "true"],
  ["1", 1],
])("row 63: email_verified that is %s is no link", (_, verified) => {
  const refused = { kind: "refuse", reason: "unverified-email" };
  const { email } = good.identity;
  expect(mayLink({ ...good, identity: { email, email_verified: verified } })).toEqual(refused);
  expect(mayLink({ ...good, account: { ...good.account, emailVerified: verified } })).toEqual(
    refused,
  );
});

test.each<[string, LinkQuestion["identity"]["email"], string | null]>([
  ["another address", "eve@example.com", "ann@example.com"],
  ["a letter that looks alike", "аnn@example.com", "ann@example.com"],
  ["a sign that folds to a letter", "ann@example.com", "ann@example.coK".replace("K", "\u212a")],
  ["no address of the account", "ann@example.com", null],
  ["two empty ones", "", ""],
])("%s is no link", (_, email, known) => {
  const identity = { email, email_verified: true };
  const account = { ...good.account, email: known };
  expect(mayLink({ ...good, identity, account })).toEqual({
    kind: "refuse",
    reason: "other-email",
  });
});

test.each<[string, LinkQuestion["proof"]]>([
  ["no proof", null],
  ["another account's proof", { accountId: "u-2", at: now }],
  ["an old proof", { accountId: "u-1", at: now - 300_001 }],
  ["a proof from the future", { accountId: "u-1", at: now + 1 }],
  ["a proof without a time", { accountId: "u-1", at: Number.NaN }],
])("%s is no link", (_, proof) => {
  expect(mayLink({ ...good, proof })).toEqual({ kind: "refuse", reason: "no-proof" });
});

import type { LoginStep } from "@latchkey/auth-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loginRequest } from "../../auth-core/test/login-request.ts";
import { type SimpleLoginOptions, type SimpleUser, simpleLogin } from "../src/index.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const credentials = {
  alpha: "alpha",
  beta: "beta",
  gamma: { password: "pwd", role: "user", groups: ["a", "b"] },
};

function post(
  fields: Record<string, string>,
  options: Partial<SimpleLoginOptions> = {},
): Promise<LoginStep<SimpleUser>> {
  return simpleLogin({ credentials, ...options }).step(loginRequest("POST", fields));
}

describe("L1: simple login", () => {
  it("accepts a name with its password", async () => {
    expect(await post({ user: "alpha", password: "alpha" })).toEqual({
      kind: "accepted",
      user: { id: "alpha", user: "alpha" },
    });
  });

  it("makes every other key an attribute, but never the password", async () => {
    expect(await post({ user: "gamma", password: "pwd" })).toEqual({
      kind: "accepted",
      user: { id: "gamma", user: "gamma", role: "user", groups: ["a", "b"] },
    });
  });

  it("lets no attribute pose as another user", async () => {
    const step = await post(
      { user: "eve", password: "e" },
      { credentials: { eve: { password: "e", id: "alpha", user: "alpha" } } },
    );
    expect(step).toEqual({ kind: "accepted", user: { id: "eve", user: "eve" } });
  });

  it("shows the form", async () => {
    expect(await simpleLogin({ credentials }).step(loginRequest("GET"))).toEqual({
      kind: "show",
      view: {
        title: "Log in",
        fields: [
          { name: "user", label: "User name", type: "text", autocomplete: "username" },
          {
            name: "password",
            label: "Password",
            type: "password",
            autocomplete: "current-password",
          },
        ],
        submit: "Log in",
      },
    });
  });

  it("reads the form fields it was told to", async () => {
    const options = { user: { field: "email" }, password: { field: "secret" } };
    const step = await post({ email: "alpha", secret: "alpha" }, options);
    expect(step.kind).toBe("accepted");
    const login = simpleLogin({ credentials, ...options });
    expect(login.account(loginRequest("POST", { email: "alpha" }))).toBe("alpha");
  });

  it.each(["production"])("does not start when NODE_ENV is %s without the opt-in", (value) => {
    vi.stubEnv("NODE_ENV", value);
    expect(() => simpleLogin({ credentials })).toThrow(/allowInProduction: true/);
    expect(simpleLogin({ credentials, allowInProduction: true }).name).toBe("simple");
  });
});

describe("refusals", () => {
  it.each([
    ["wrong password", "alpha", "beta"],
    ["longer password", "alpha", "alphaa"],
    ["other case", "alpha", "ALPHA"],
    ["blanks", "alpha", " alpha"],
    ["unknown user", "delta", "alpha"],
    ["user in other case", "ALPHA", "alpha"],
    ["prototype name", "__proto__", "alpha"],
    ["prototype name", "constructor", "alpha"],
    ["prototype name", "toString", "alpha"],
  ])("refuses a %s", async (_, user, password) => {
    const step = await post({ user, password });
    expect(step).toMatchObject({ kind: "rejected", reason: "invalid-credentials" });
  });

  it("row 32: answers alike for known and unknown users", async () => {
    const known = await post({ user: "alpha", password: "wrong" });
    const unknown = await post({ user: "delta", password: "wrong" });
    expect(JSON.stringify(unknown)).toBe(JSON.stringify(known).replace("alpha", "delta"));
  });

  it("keeps the user name in the form, never the password", async () => {
    const step = await post({ user: "alpha", password: "hunter2" });
    expect(step).toHaveProperty("view.fields.0.value", "alpha");
    expect(JSON.stringify(step)).not.toContain("hunter2");
  });

  it("row 33, 34: refuses what is missing, empty, too long or not text", async () => {
    const odd: Record<string, string>[] = [
      {},
      { user: "alpha" },
      { password: "alpha" },
      { user: "", password: "alpha" },
      { user: "alpha", password: "" },
      { user: "alpha", password: "x".repeat(1_025) },
      { user: "x".repeat(1_025), password: "alpha" },
      { user: "alpha", password: "\ud800" },
      JSON.parse('{"user":"alpha","password":{"$ne":null}}'),
      JSON.parse('{"user":["alpha"],"password":"alpha"}'),
    ];
    for (const fields of odd) {
      expect(await post(fields)).toMatchObject({ kind: "rejected", reason: "bad-request" });
    }
    const started = performance.now();
    await post({ user: "alpha", password: "x".repeat(1_000_000) });
    expect(performance.now() - started).toBeLessThan(10);
  });

  it("names no account for a request that proves none", () => {
    const login = simpleLogin({ credentials });
    expect(login.account(loginRequest("GET"))).toBeNull();
    expect(login.account(loginRequest("POST", { user: "" }))).toBeNull();
    expect(login.account(loginRequest("POST", { user: " Alpha " }))).toBe(" Alpha ");
  });
});

it("refuses options that cannot work, naming them", () => {
  const wrong = (options: string) => () => simpleLogin(JSON.parse(options));
  expect(wrong("{}")).toThrow(/credentials/);
  expect(wrong('{"credentials":{"alpha":""}}')).toThrow(/credentials\['alpha'\]/);
  expect(wrong('{"credentials":{"alpha":{"role":"x"}}}')).toThrow(/credentials\['alpha'\]/);
  expect(wrong('{"credentials":{"alpha":null}}')).toThrow(/credentials\['alpha'\]/);
  expect(wrong('{"credentials":{},"user":{"field":""}}')).toThrow(/user\.field/);
  expect(wrong('{"credentials":{},"password":{"field":"user"}}')).toThrow(/user\.field/);
});

// Data for every page, as the login flow would give it.

import type { LoginPage, Pages } from "../../src/pages.ts";

export const csrf = { name: "_csrf", value: "token-1" };
export const next = { name: "next", value: "/reports" };

/** Breaks out of text, of a double-quoted and of a single-quoted attribute. */
export const hostile = `<script>alert(1)</script>"onfocus="x" 'onblur='y' &amp; {user}`;

export function loginData(change: Partial<LoginPage> = {}): LoginPage {
  return {
    view: {
      title: "Log in",
      submit: "Log in",
      fields: [
        { name: "user", label: "User name", type: "text", autocomplete: "username" },
        { name: "pw", label: "Password", type: "password", autocomplete: "current-password" },
      ],
    },
    error: null,
    csrf,
    next,
    lifetime: null,
    action: "/login?next=%2Freports",
    ...change,
  };
}

export function lifetime(...labels: string[]): NonNullable<LoginPage["lifetime"]> {
  return {
    name: "remember",
    choices: labels.map((label, index) => ({ value: `v${index}`, label, selected: index === 0 })),
  };
}

/** All five pages, every piece of data in them being `text` where given. */
export async function renderAll(pages: Pages, text?: string): Promise<Record<string, string>> {
  const say = (usual: string) => text ?? usual;
  const hidden = (field: typeof csrf) => ({ name: say(field.name), value: say(field.value) });
  const forms = { csrf: hidden(csrf), next: hidden(next), action: say("/here") };
  const links = { loginUrl: say("/login"), logoutUrl: say("/logout") };
  const userId = say("alice@example.com");
  const reason = say("You need the role “accountant”.");
  const login = (labels: string[]) =>
    pages.login({
      ...forms,
      view: {
        title: say("Log in"),
        submit: say("Log in"),
        fields: [
          {
            name: say("user"),
            label: say("User name"),
            type: "text",
            autocomplete: say("username"),
            value: say("alice"),
          },
        ],
      },
      error: { code: "invalid-credentials", message: say("Check both and try again.") },
      lifetime: {
        name: say("remember"),
        choices: labels.map((label) => ({ value: say(label), label: say(label), selected: false })),
      },
    });
  return {
    login: await login(["1 hour", "30 days"]),
    loginWithSelect: await login(["1 hour", "1 day", "30 days"]),
    logout: await pages.logout({ ...forms, userId }),
    loggedOut: await pages.loggedOut({ loginUrl: links.loginUrl, next: say("/") }),
    forbidden: await pages.forbidden({ ...links, userId, reasons: [reason, reason] }),
    error: await pages.error({ status: 503, title: say("Try again"), message: say("Wait.") }),
  };
}

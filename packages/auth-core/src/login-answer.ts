// The answers of a login URL: a page for people, JSON for programs.

import type { Reply } from "@latchkey/session-core";
import { wantsJson } from "./client-kind.ts";
import { CSRF_FIELD } from "./csrf-field.ts";
import type { FlowContext } from "./flow-context.ts";
import type { LifetimePolicy } from "./lifetime-choice.ts";
import type { LoginMethod, LoginRequest, LoginView } from "./login-method.ts";
import type { NextUrl } from "./next-url.ts";
import type { LoginErrorCode, LoginPage, Template } from "./pages.ts";
import { type Headers, jsonReply, problemReply, redirectReply } from "./reply.ts";

const failures: Readonly<Record<LoginErrorCode, { status: number; message: string }>> = {
  "invalid-credentials": { status: 401, message: "That name and password don’t match." },
  "bad-request": { status: 400, message: "Please fill in every field." },
  forbidden: { status: 403, message: "You can’t log in here." },
  busy: { status: 503, message: "Many people are logging in. Please try again in a moment." },
  throttled: { status: 429, message: "There were too many attempts." },
  "expired-form": { status: 403, message: "This page was open for too long. Please try again." },
  "action-failed": { status: 403, message: "You could not be logged in. Please try again later." },
};

export interface LoginAnswer {
  form(view: LoginView): Promise<Reply>;
  failed(code: LoginErrorCode, view?: LoginView): Promise<Reply>;
  throttled(pauseMs: number): Promise<Reply>;
  redirect(to: string): Reply;
  challenge(wwwAuthenticate: string): Reply;
  welcome(user: { id: string }): Reply;
}

interface AnswerParts {
  context: FlowContext;
  method: LoginMethod;
  next: NextUrl;
  lifetime: LifetimePolicy;
  template: Template<LoginPage> | undefined;
}

/** The answers to one request. */
export function createLoginAnswer(
  { context, method, next, lifetime, template }: AnswerParts,
  request: LoginRequest,
  session: { csrfToken(): string },
): LoginAnswer {
  const { exchange, url, fields } = request;
  const json = wantsJson(exchange);
  const target = next.resolve(exchange, url, fields);

  async function form(
    status: number,
    view: LoginView,
    error: LoginPage["error"],
    headers: Headers = [],
  ): Promise<Reply> {
    const page: LoginPage = {
      view: { ...view, fields: view.fields.map((field) => refill(field, fields)) },
      error,
      csrf: { name: CSRF_FIELD, value: session.csrfToken() },
      next: { name: next.field, value: target },
      lifetime: lifetime.choice(fields),
      action: url.pathname + url.search,
    };
    if (json) return jsonReply(status, page, headers);
    const { formActions } = next;
    return context.pageReply("login", status, page, { template, formActions, headers });
  }

  async function failed(
    code: LoginErrorCode,
    view?: LoginView,
    {
      message = failures[code].message,
      headers = [],
    }: { message?: string; headers?: Headers } = {},
  ): Promise<Reply> {
    const { status } = failures[code];
    if (status === 503) headers.push(["retry-after", "1"]);
    if (json) return problemReply({ status, code, title: message }, headers);
    const shown = view ?? (await blankView());
    if (shown !== null) return form(status, shown, { code, message }, headers);
    return context.pageReply(
      "error",
      status,
      { status, title: "Not logged in", message },
      { headers },
    );
  }

  /** The form of a method that has one; an identity provider's has none. */
  async function blankView(): Promise<LoginView | null> {
    const step = await method.step({ ...request, method: "GET", fields: {} });
    return step.kind === "show" ? step.view : null;
  }

  return {
    form: (view) => form(200, view, null),
    failed,
    throttled(pauseMs) {
      const seconds = Math.ceil(pauseMs / 1_000);
      const wait = seconds < 90 ? count(seconds, "second") : count(Math.ceil(seconds / 60), "minute");
      return failed("throttled", undefined, {
        message: `${failures.throttled.message} Please try again in ${wait}.`,
        headers: [["retry-after", String(seconds)]],
      });
    },
    // A program can't follow a provider's pages; it is told where a person should go.
    redirect: (to) => (json ? jsonReply(200, { redirect: to }) : redirectReply(to)),
    challenge(wwwAuthenticate) {
      const headers: Headers = [["www-authenticate", wwwAuthenticate]];
      return problemReply({ status: 401, code: "login-required", title: "Log in first." }, headers);
    },
    welcome: (user) => (json ? jsonReply(200, { user, next: target }) : redirectReply(target)),
  };
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** What was typed stays in the form after a failure; passwords don't. */
function refill(
  field: LoginView["fields"][number],
  fields: Readonly<Record<string, string>>,
): LoginView["fields"][number] {
  const typed = field.type === "password" ? undefined : fields[field.name];
  return typed === undefined ? field : { ...field, value: typed };
}

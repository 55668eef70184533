// The answers of a login URL: a page for people, JSON for programs.

import type { Reply } from "@latchkey/session-core";
import { wantsJson } from "./client-kind.ts";
import { CSRF_FIELD } from "./csrf-field.ts";
import type { FlowContext } from "./flow-context.ts";
import type { LifetimePolicy } from "./lifetime-choice.ts";
import type { Journey } from "./login-memory.ts";
import type { LoginRequest, LoginView, Rejected } from "./login-method.ts";
import type { NextUrl } from "./next-url.ts";
import type { LoginErrorCode, LoginPage, Template } from "./pages.ts";
import { type Headers, jsonReply, problemReply, redirectReply } from "./reply.ts";

const failures: Readonly<Record<LoginErrorCode, { status: number; message: string }>> = {
  "invalid-credentials": { status: 401, message: "That name and password don’t match." },
  "wrong-code": { status: 401, message: "That code is not right." },
  "bad-request": { status: 400, message: "Please fill in every field." },
  "invalid-input": { status: 400, message: "Please check what you typed." },
  expired: { status: 400, message: "This link or code is no longer valid. Please begin again." },
  forbidden: { status: 403, message: "You can’t log in here." },
  busy: { status: 503, message: "Many people are logging in. Please try again in a moment." },
  unavailable: {
    status: 503,
    message: "Logging in does not work at the moment. Please try again soon.",
  },
  "not-sent": {
    status: 503,
    message: "The message could not be sent. Please try again in a moment.",
  },
  throttled: { status: 429, message: "There were too many attempts." },
  "expired-form": { status: 403, message: "This page was open for too long. Please try again." },
  "action-failed": { status: 403, message: "You could not be logged in. Please try again later." },
};

export interface LoginAnswer {
  form(view: LoginView): Promise<Reply>;
  /** With the blank form again, if there is one. */
  failed(code: LoginErrorCode): Promise<Reply>;
  rejected(step: Pick<Rejected, "reason" | "view" | "message">): Promise<Reply>;
  throttled(pauseMs: number): Promise<Reply>;
  redirect(to: string): Reply;
  challenge(wwwAuthenticate: string): Promise<Reply>;
  welcome(user: { id: string }): Reply;
}

interface AnswerParts {
  context: FlowContext;
  next: NextUrl;
  lifetime: LifetimePolicy;
  template: Template<LoginPage> | undefined;
}

/** One request to a login URL. */
export interface Visit<Session> {
  request: LoginRequest;
  session: Session;
  journey: Journey;
  /** Whether the visitor is still on the login's first page: there, how long to stay is asked. */
  isFirst: boolean;
  /** The form as it is before anything was typed; `null` where there is none. */
  blankView(): Promise<LoginView | null>;
}

/** The answers to one request. */
export function createLoginAnswer(
  { context, next, lifetime, template }: AnswerParts,
  visit: Visit<{ csrfToken(): string }>,
): LoginAnswer {
  const { request, session, journey, blankView } = visit;
  const { exchange, url, fields } = request;
  const json = wantsJson(exchange);

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
      next: { name: next.field, value: journey.next },
      lifetime: visit.isFirst && view.fields.length > 0 ? lifetime.choice(fields) : null,
      action: view.action ?? url.pathname + url.search,
    };
    if (json) return jsonReply(status, page, headers);
    const formActions = [...next.formActions, ...(view.formActions ?? [])];
    return context.pageReply("login", status, page, { template, formActions, headers });
  }

  async function failed(
    code: LoginErrorCode,
    view: LoginView | null | "blank",
    message = failures[code].message,
    headers: Headers = failures[code].status === 503 ? retryAfter(1) : [],
  ): Promise<Reply> {
    const { status } = failures[code];
    if (json) return problemReply({ status, code, title: message }, headers);
    const shown = view === "blank" ? await blankView() : view;
    if (shown !== null) return form(status, shown, { code, message }, headers);
    return context.pageReply(
      "error",
      status,
      { status, title: "Not logged in", message },
      { headers },
    );
  }

  function retryAfter(seconds: number): Headers {
    return [["retry-after", String(seconds)]];
  }

  return {
    form: (view) => form(200, view, null),
    failed: (code) => failed(code, "blank"),
    rejected: ({ reason, view, message }) => failed(reason, view, message),
    throttled(pauseMs) {
      const seconds = Math.ceil(pauseMs / 1_000);
      const wait =
        seconds < 90 ? count(seconds, "second") : count(Math.ceil(seconds / 60), "minute");
      const message = `${failures.throttled.message} Please try again in ${wait}.`;
      return failed("throttled", "blank", message, retryAfter(seconds));
    },
    // A program can't follow a provider's pages; it is told where a person should go.
    redirect: (to) => (json ? jsonReply(200, { redirect: to }) : redirectReply(to)),
    async challenge(wwwAuthenticate) {
      const headers: Headers = [["www-authenticate", wwwAuthenticate]];
      const title = "Log in first.";
      if (json) return problemReply({ status: 401, code: "login-required", title }, headers);
      // Shown where the browser has no answer, or the visitor presses Cancel.
      const message = "Your browser could not prove who you are.";
      return context.pageReply("error", 401, { status: 401, title, message }, { headers });
    },
    welcome: (user) =>
      json ? jsonReply(200, { user, next: journey.next }) : redirectReply(journey.next),
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

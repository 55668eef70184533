// The answers of a login URL: a page for people, JSON for programs.

import type { Reply } from "@latchkey/session-core";
import type { CaptchaView } from "./captcha/captcha.ts";
import { wantsJson } from "./client-kind.ts";
import { CSRF_FIELD, isCrossSitePost } from "./csrf-field.ts";
import type { FlowContext } from "./flow-context.ts";
import type { LifetimePolicy } from "./lifetime-choice.ts";
import { failureStatus, type LoginFailure } from "./login-failure.ts";
import type { LoginField, LoginLink, LoginView } from "./login-method.ts";
import type { Visit } from "./login-visit.ts";
import type { NextUrl } from "./next-url.ts";
import type { LoginPage, Template } from "./pages.ts";
import { type Headers, jsonReply, problemReply, redirectReply } from "./reply.ts";

export interface LoginAnswer<User> {
  form(view: LoginView): Promise<Reply>;
  failed(failure: LoginFailure): Promise<Reply>;
  redirect(to: string): Reply;
  challenge(wwwAuthenticate: string): Promise<Reply>;
  welcome(user: User): Reply;
}

export interface AnswerParts {
  context: FlowContext;
  next: NextUrl;
  lifetime: LifetimePolicy;
  template: Template<LoginPage> | undefined;
  captcha: CaptchaView | undefined;
  /** Other ways to log in. */
  links: readonly LoginLink[] | undefined;
}

/** @param blankView The form as it is before anything was typed; `null` where there is none. */
export function createLoginAnswer<User extends { id: string }, Data extends object>(
  { context, next, lifetime, template, captcha, links = [] }: AnswerParts,
  blankView: (visit: Visit<User, Data>) => Promise<LoginView | null>,
): (visit: Visit<User, Data>) => LoginAnswer<User> {
  const { texts, lang } = context.page;
  const wait = durationFormat(lang);

  async function form(
    visit: Visit<User, Data>,
    status: number,
    view: LoginView,
    error: LoginPage["error"],
    headers: Headers = [],
  ): Promise<Reply> {
    const { exchange, session, journey } = visit;
    const { url } = visit.request;
    const sent = visit.sent ?? {};
    const ways =
      visit.isFirst && view.logsIn !== false
        ? links.map((link) => linkOn(link, next.field, journey.next))
        : [];
    const page: LoginPage = {
      view: {
        ...view,
        fields: view.fields.map((field) => refill(field, sent)),
        ...(ways.length === 0 ? {} : { links: [...(view.links ?? []), ...ways] }),
      },
      error,
      csrf: { name: CSRF_FIELD, value: session.csrfToken() },
      next: { name: next.field, value: journey.next },
      lifetime: visit.isFirst && asksLifetime(view) ? lifetime.choice(sent) : null,
      ...(captcha === undefined || view.submit === null ? {} : { captcha }),
      action: view.action ?? url.pathname + url.search,
    };
    if (wantsJson(exchange)) return jsonReply(status, page, headers);
    const formActions = [...next.formActions, ...(view.formActions ?? [])];
    return context.pageReply("login", status, page, {
      template,
      formActions,
      captcha: page.captcha,
      headers,
    });
  }

  async function refuse(visit: Visit<User, Data>, failure: LoginFailure): Promise<Reply> {
    const { code, pauseMs } = failure;
    const status = failureStatus[code];
    const seconds = pauseMs === undefined ? 1 : Math.ceil(pauseMs / 1_000);
    const message = failure.message ?? texts[code].replace("{wait}", () => wait(seconds));
    const passes = status === 503 || pauseMs !== undefined;
    const headers: Headers = passes ? [["retry-after", String(seconds)]] : [];
    if (wantsJson(visit.exchange)) return problemReply({ status, code, title: message }, headers);
    const view = await viewAfter(failure, visit);
    if (view !== null) return form(visit, status, view, { code, message }, headers);
    const page = { status, title: texts.notLoggedIn, message };
    return context.pageReply("error", status, page, { headers });
  }

  async function viewAfter(
    { view }: LoginFailure,
    visit: Visit<User, Data>,
  ): Promise<LoginView | null> {
    // A form would need a cookie, which would take the place of one that the browser could not send
    // along: the forms that are open in other tabs would fail.
    if (visit.session.id === null && isCrossSitePost(visit.exchange)) return null;
    return view === undefined ? blankView(visit) : view;
  }

  return (visit) => {
    const json = wantsJson(visit.exchange);
    const { journey } = visit;
    return {
      form: (view) => form(visit, 200, view, null),
      failed: (failure) => refuse(visit, failure),
      // A program can't follow a provider's pages; it is told where a person should go.
      redirect: (to) => (json ? jsonReply(200, { redirect: to }) : redirectReply(to)),
      async challenge(wwwAuthenticate) {
        const headers: Headers = [["www-authenticate", wwwAuthenticate]];
        const title = texts.loginFirst;
        if (json) return problemReply({ status: 401, code: "login-required", title }, headers);
        // Shown where the browser has no answer, or the visitor presses Cancel.
        const page = { status: 401, title, message: texts.noProof };
        return context.pageReply("error", 401, page, { headers });
      },
      welcome: (user) =>
        json ? jsonReply(200, { user, next: journey.next }) : redirectReply(journey.next),
    };
  };
}

/** `5 seconds`, in the language of the page. Making a format costs as much as the rest of a refusal. */
function durationFormat(lang: string): (seconds: number) => string {
  const [inSeconds, inMinutes] = ["second", "minute"].map((unit) => {
    return new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" });
  });
  return (seconds) =>
    (seconds < 90 ? inSeconds?.format(seconds) : inMinutes?.format(Math.ceil(seconds / 60))) ?? "";
}

/** Where to go next is asked for once, whichever way it is gone. */
function linkOn({ label, url }: LoginLink, name: string, next: string): LoginLink {
  const target = new URL(url, "http://localhost");
  // An absolute URL is another origin's, which is told nothing.
  if (URL.canParse(url) || next === "/" || target.searchParams.has(name)) return { label, url };
  const [path = "", hash] = url.split("#", 2);
  const query = `${path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(next)}`;
  return { label, url: path + query + (hash === undefined ? "" : `#${hash}`) };
}

/** What was typed stays in the form after a failure; passwords and codes don't. */
function refill(field: LoginField, fields: Readonly<Record<string, string>>): LoginField {
  const isSecret = field.type === "password" || field.autocomplete === "one-time-code";
  const typed = isSecret ? undefined : fields[field.name];
  return typed === undefined ? field : { ...field, value: typed };
}

/** A form that logs in asks how long for, but not one that has nothing to fill in. */
function asksLifetime({ fields, logsIn = true }: LoginView): boolean {
  return logsIn && fields.length > 0;
}

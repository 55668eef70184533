// The pages of an application: the default ones, each replaceable, sent with strict headers.

import type { Reply } from "@latchkey/session-core";
import type { CaptchaView } from "./captcha/captcha.ts";
import { defaultPages } from "./pages/default-pages.ts";
import type { PageOptions } from "./pages/page-context.ts";
import { pageSecurityHeaders } from "./pages/security-headers.ts";
import type { PageData, Pages, Template } from "./pages.ts";
import type { Headers } from "./reply.ts";

interface PageReplyOptions<Kind extends keyof Pages> {
  /** Used instead of the application's page of this kind. */
  template?: Template<PageData[Kind]> | undefined;
  /** Origins that the page's form may end up at. */
  formActions?: readonly string[];
  /** What the page shows of a captcha. */
  captcha?: CaptchaView | undefined;
  headers?: Headers;
}

/** Renders a page and makes it an answer. */
export type PageReply = <Kind extends keyof Pages>(
  kind: Kind,
  status: number,
  page: PageData[Kind],
  options?: PageReplyOptions<Kind>,
) => Promise<Reply>;

/** @param own Pages that replace the default ones. */
export function createPageReply(own: Partial<Pages> = {}, options: PageOptions = {}): PageReply {
  const defaults = defaultPages(options);
  return async (kind, status, page, options = {}) => {
    const { formActions = [], captcha = null, headers = [] } = options;
    const template = options.template ?? own[kind];
    const body = await (template ?? defaults[kind])(page);
    // The default policy allows the default pages' stylesheet and nothing else; what an own page
    // loads, only the application knows.
    const security = pageSecurityHeaders(formActions, captcha).filter(
      ([name]) => template === undefined || name.toLowerCase() !== "content-security-policy",
    );
    return {
      status,
      headers: [
        ["content-type", "text/html; charset=utf-8"],
        ["vary", "Accept, X-Requested-With, Sec-Fetch-Dest"],
        ...security,
        ...headers,
      ],
      body,
    };
  };
}

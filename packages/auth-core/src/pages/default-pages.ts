// The pages that the login flow shows until an application brings its own.

import type { Pages } from "../pages.ts";
import { errorPage } from "./error-page.ts";
import { forbiddenPage } from "./forbidden-page.ts";
import { loggedOutPage } from "./logged-out-page.ts";
import { loginPage } from "./login-page.ts";
import { logoutPage } from "./logout-page.ts";
import { type PageOptions, pageContext } from "./page-context.ts";

/**
 * Pages without JavaScript or anything to download, in light and dark, from 320 px up. Send them with
 * {@link pageSecurityHeaders}. To replace one: `{ ...defaultPages(), login: templateFile("login.html") }`.
 *
 * @throws {TypeError} when `lang` is not a language tag.
 */
export function defaultPages(options: PageOptions = {}): Pages {
  const context = pageContext(options);
  return {
    login: loginPage(context),
    logout: logoutPage(context),
    loggedOut: loggedOutPage(context),
    forbidden: forbiddenPage(context),
    error: errorPage(context),
  };
}

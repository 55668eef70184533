// A scripted browser: keeps cookies by origin, follows redirects, fills the provider's forms in.

export interface Page {
  url: string;
  status: number;
  body: string;
  headers: Headers;
}

export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** One request; redirects are not followed. */
  async send(
    url: string,
    init: { form?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(url, {
      headers,
      redirect: "manual",
      ...(init.form ? { method: "POST", body: new URLSearchParams(init.form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      const isOver = /max-age=0(;|$)|expires=thu, 01 jan 1970/i.test(line);
      if (isOver) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    const page: Page = {
      url,
      status: response.status,
      body: await response.text(),
      headers: response.headers,
    };
    return page;
  }

  /** Where a page redirects to, absolute; `null` when it does not. */
  static next({ url, headers }: Page): string | null {
    const location = headers.get("location");
    return location === null ? null : new URL(location, url).href;
  }

  /** Follows redirects until one goes to `stop` or there is none; forms of the provider get `form`. */
  async follow(url: string, form: Record<string, string>, stop: string): Promise<string> {
    let next = url;
    for (let hops = 0; hops < 20 && !next.startsWith(stop); hops++) {
      let page = await this.send(next);
      if (page.status === 200 && next.includes("/interaction/")) {
        page = await this.send(next, { form });
      }
      const to = Browser.next(page);
      if (to === null) throw new Error(`${page.status} at ${next}: ${page.body.slice(0, 300)}`);
      next = to;
    }
    return next;
  }

  /** The same until the provider answers with a form of hidden fields; those. */
  async followToForm(url: string, form: Record<string, string>): Promise<Record<string, string>> {
    let next = url;
    for (let hops = 0; hops < 20; hops++) {
      let page = await this.send(next);
      if (page.status === 200 && next.includes("/interaction/")) {
        page = await this.send(next, { form });
      }
      const to = Browser.next(page);
      if (to === null) return hiddenFields(page.body);
      next = to;
    }
    throw new Error("too many redirects");
  }

  /** Begins a login; the address that the provider sends the browser back to, not yet visited. */
  async begin(loginUrl: string, form: Record<string, string>): Promise<string> {
    const page = await this.send(loginUrl);
    const to = Browser.next(page);
    if (to === null) throw new Error(`${page.status}: ${page.body.slice(0, 300)}`);
    return this.follow(to, form, loginUrl);
  }

  /** All of a login; the last answer of the application. */
  async login(loginUrl: string, form: Record<string, string>): Promise<Page> {
    return this.send(await this.begin(loginUrl, form));
  }

  /** What the application says of this browser. */
  async me(
    origin: string,
  ): Promise<{ user: Record<string, unknown> | null; data: Record<string, unknown> }> {
    return JSON.parse((await this.send(`${origin}/me`)).body);
  }
}

export function hiddenFields(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = "", value = ""]) => [name, value]));
}

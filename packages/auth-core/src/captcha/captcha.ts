// The contract of a captcha: what the page shows, and whether what came back is genuine.

/** A vendor that tells people from programs. */
export interface Captcha {
  readonly view: CaptchaView;
  /**
   * Whether a token was given to a person, on this site, for this purpose.
   *
   * @throws Anything, when the vendor can't be asked: the login is then refused with 503.
   */
  verify(token: string, client: CaptchaClient): Promise<boolean>;
}

/** Who sent the token. */
export interface CaptchaClient {
  readonly ip: string;
}

/** What a login page needs to show a captcha. */
export interface CaptchaView {
  /** The form field that carries the token. */
  field: string;
  /** The public key of this site. */
  siteKey: string;
  /** What the token is for; `null` where the vendor knows no purposes. */
  action: string | null;
  /** The vendor's script. */
  script: string;
  /**
   * The class of the element that the script fills, and which sends the token by itself. `null` for
   * reCAPTCHA v3, which shows nothing: the page asks `grecaptcha.execute` for a token.
   */
  widget: string | null;
  /** What the page's Content-Security-Policy must allow. */
  sources: CaptchaSources;
}

export interface CaptchaSources {
  script: readonly string[];
  frame: readonly string[];
  connect: readonly string[];
  style: readonly string[];
}

/** Options that every vendor has. */
export interface CaptchaOptions {
  /** The public key of this site, from the vendor. */
  siteKey: string;
  /** The secret that goes with it. */
  secret: string;
  /**
   * Where the token may have been given. Default: wherever the vendor lets this site key be used.
   * The request's own `Host` would be no check: whoever sends the request chooses it.
   */
  hostnames?: readonly string[];
  /** Where tokens are checked. Default: the vendor's; for tests and proxies. */
  verifyUrl?: string;
}

/** @throws {TypeError} That names the option. */
export function checkCaptchaOptions(
  name: string,
  { siteKey, secret, hostnames, verifyUrl }: CaptchaOptions,
): void {
  for (const [option, value] of Object.entries({ siteKey, secret })) {
    // An unset variable must not become a captcha that lets everybody through, or nobody.
    if (typeof value !== "string" || value === "") {
      throw new TypeError(`${name}: ${option} must be a text`);
    }
  }
  const isName = (hostname: unknown): boolean => typeof hostname === "string" && hostname !== "";
  const isList = Array.isArray(hostnames) && hostnames.length > 0 && hostnames.every(isName);
  if (hostnames !== undefined && !isList) {
    throw new TypeError(`${name}: hostnames must be a list of hosts`);
  }
  if (verifyUrl !== undefined && !URL.canParse(verifyUrl)) {
    throw new TypeError(`${name}: verifyUrl must be a URL`);
  }
}

// The URL of a server is checked before a client sees it: what clients say of a wrong one can show
// its password.

/** @throws {TypeError} That names the setting, has no cause, and shows nothing of the URL. */
export function checkServerUrl(url: string, setting: string): void {
  if (isWhole(url)) return;
  const scheme = url.slice(0, url.indexOf(":"));
  throw new TypeError(
    `${setting} must be a URL such as ${scheme}://user:password@host:port/database, with` +
      " %2F for / in a user or password, %3F for ?, %23 for #, %40 for @ and %25 for %",
  );
}

function isWhole(url: string): boolean {
  if (!/^[a-z]+:\/\//.test(url) || !URL.canParse(url)) return false;
  const { pathname, search, hash } = new URL(url);
  // A `/`, `?` or `#` in a password ends the host too early. The `@` that follows shows it.
  if (`${pathname}${search}${hash}`.includes("@")) return false;
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}

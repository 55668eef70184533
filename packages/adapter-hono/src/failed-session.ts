// Stands in for a session that could not be opened: `c.get` can't throw, so whatever is asked of it does.

/** @param fail Throws why. */
export function failedSession<T extends object>(fail: () => T): T {
  const refuse = (): never => {
    fail();
    throw new TypeError("unreachable: the session was opened");
  };
  const handler: ProxyHandler<object> = { get: refuse, set: refuse, has: refuse, ownKeys: refuse };
  return new Proxy<T>(Object.create(null), handler);
}

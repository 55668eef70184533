// A server that is not there: a reason to skip tests on a developer's machine, a failure in CI.

/** Why a server's tests cannot run here. */
export interface Missing {
  missing: string;
}

/** @throws {Error} When `CI` is set. */
export function missing(server: string, reason: string): Missing {
  const message = `${server} is missing: ${reason}`;
  if (process.env["CI"]) throw new Error(message);
  return { missing: message };
}

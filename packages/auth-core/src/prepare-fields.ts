// The prepare stage: the application may rewrite what was typed, or refuse the request.

import type { Exchange } from "@latchkey/session-core";
import { readFields } from "./form-fields.ts";
import { failed, type LoginFailure } from "./login-failure.ts";
import type { LoginErrorCode } from "./pages.ts";

/** What `prepare` is told beside the fields. */
export interface PrepareRequest {
  readonly method: "GET" | "POST";
  /** Absolute, as the browser sees it. */
  readonly url: URL;
  readonly exchange: Exchange;
}

/**
 * Returns the fields to change, or a refusal. What it doesn't return stays as it was sent: steps, links and pages
 * beside the login have fields of their own. Called for the page, too: there are no fields then, and only a
 * refusal counts.
 *
 * @throws {LoginRefusal} The same as returning it. Anything else that is thrown is a fault.
 */
export type Prepare = (
  fields: Readonly<Record<string, string>>,
  request: PrepareRequest,
) => Prepared | Promise<Prepared>;

type Prepared = Readonly<Record<string, string>> | LoginRefusal;

/** The reasons that an application may refuse a login with. */
export type RefusalReason = Extract<LoginErrorCode, "forbidden" | "invalid-input" | "unavailable">;

/** Refuses a login. The visitor is shown the message. */
export class LoginRefusal extends Error {
  override readonly name = "LoginRefusal";
  readonly reason: RefusalReason;

  /** @param reason Default `'forbidden'`, which is answered with 403. */
  constructor(message: string, reason: RefusalReason = "forbidden") {
    super(message);
    this.reason = reason;
  }
}

interface Preparable {
  readonly request: PrepareRequest & { readonly fields: Readonly<Record<string, string>> };
  setFields(fields: Record<string, string>): void;
}

/** @returns `null` lets the visit go on, with the fields that `prepare` changed. */
export async function prepareFields(
  prepare: Prepare | undefined,
  { request, setFields }: Preparable,
): Promise<LoginFailure | null> {
  if (prepare === undefined) return null;
  const { method, url, exchange, fields } = request;
  const result = await refusalOf(async () => prepare({ ...fields }, { method, url, exchange }));
  if (result instanceof LoginRefusal) {
    return failed(result.reason, { message: result.message });
  }
  const changed = readFields(result ?? []);
  const all = changed && readFields({ ...fields, ...changed });
  if (all === null) {
    throw new TypeError("prepare must return the fields: an object of short texts");
  }
  // A page that is asked for has no fields, whatever is made of none.
  if (method === "POST") setFields(all);
  return null;
}

async function refusalOf(prepare: () => Promise<Prepared>): Promise<Prepared> {
  try {
    return await prepare();
  } catch (error) {
    if (error instanceof LoginRefusal) return error;
    throw error;
  }
}

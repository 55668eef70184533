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
 * Returns the fields that the login goes on with, or a refusal. Called for the page, too: there are no
 * fields then, and only a refusal counts.
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

/** @returns `null` lets the visit go on, with the fields that `prepare` made. */
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
  const checked = readFields(result ?? []);
  if (checked === null) {
    throw new TypeError("prepare must return the fields: an object of short texts");
  }
  // A page that is asked for has no fields, whatever is made of none.
  if (method === "POST") setFields(checked);
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

// What a seal holds, as text: one line of JSON with everything but the record's data, then the data
// as it is. As a JSON string in JSON it would be a sixth longer, for all its quotes.

import type { StoredRecord } from "@latchkey/session-core";

export interface SealedRecord {
  record: StoredRecord;
  /** No visit or write lengthens the session beyond this: epoch ms. */
  endsAt: number;
  /** What {@link RevocationList.epochOf} said of its owner when it began. */
  epoch: string;
}

const FORMAT = 1;

/** @param purpose What the seal is good for; it is opened for nothing else. */
export function encodeSealed(purpose: string, { record, endsAt, epoch }: SealedRecord): string {
  const { id, owner, createdAt, seenAt, expiresAt, version } = record;
  const times = [endsAt, createdAt, seenAt, expiresAt, version];
  return `${JSON.stringify([FORMAT, purpose, id, owner, epoch, ...times])}\n${record.data}`;
}

/** `null` for text of another format, or for another purpose. */
export function decodeSealed(purpose: string, text: string): SealedRecord | null {
  const end = text.indexOf("\n");
  if (end === -1) return null;
  const line: unknown = JSON.parse(text.slice(0, end));
  if (!Array.isArray(line)) return null;
  const [format, sealedFor, id, owner, epoch, ...times]: unknown[] = line;
  if (format !== FORMAT || sealedFor !== purpose) return null;
  if (typeof id !== "string" || typeof epoch !== "string") return null;
  if (typeof owner !== "string" && owner !== null) return null;
  const [endsAt, createdAt, seenAt, expiresAt, version] = times.filter(Number.isFinite).map(Number);
  if (endsAt === undefined || createdAt === undefined || seenAt === undefined) return null;
  if (expiresAt === undefined || version === undefined) return null;
  const data = text.slice(end + 1);
  return { record: { id, owner, data, createdAt, seenAt, expiresAt, version }, endsAt, epoch };
}

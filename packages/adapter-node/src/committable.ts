// What a response needs of the live session that is stored before it goes out.

/** The part of a live session that a response needs. */
export interface Committable {
  needsCommit(): boolean;
  commit(): Promise<void>;
  sealHead(): void;
  save(): Promise<void>;
}

/** A value that can't be written counts as changed; the commit then says why. */
export function isDirty(session: Committable): boolean {
  try {
    return session.needsCommit();
  } catch {
    return true;
  }
}

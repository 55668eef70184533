// How far the answer to a request is that waits for its session.

/**
 * How far the answer is.
 * - `open`: not begun;
 * - `held`: begun, and it waits for the session; an error page may replace it;
 * - `complete`: ended, and it waits for the session;
 * - `sent`: its head is sent;
 * - `dropped`: an error page is in its place, or the connection is cut;
 * - `failed`: dropped, and nobody has begun with the error page.
 */
export type AnswerStage = "open" | "held" | "complete" | "sent" | "dropped" | "failed";

/** Whether an error page may come in its place. */
export function isReplaceable(stage: AnswerStage): boolean {
  return stage === "open" || stage === "held" || stage === "failed";
}

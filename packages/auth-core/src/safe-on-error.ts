// An application's `onError` that fails itself must neither take the place of an error page nor
// become an unhandled rejection.

/** Tells of an error; what goes wrong with that goes to stderr, with the error. */
export function safeOnError(onError: (error: unknown) => unknown): (error: unknown) => void {
  const say = (failure: unknown, error: unknown): void =>
    console.error("onError failed:", failure, "when told of:", error);
  return (error) => {
    try {
      Promise.resolve(onError(error)).catch((failure) => say(failure, error));
    } catch (failure) {
      say(failure, error);
    }
  };
}

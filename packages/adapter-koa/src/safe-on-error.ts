// An application's `onError` that fails itself must neither take the place of an error page nor
// become an unhandled rejection.

interface Listening {
  onError?: (error: unknown) => unknown;
}

/** The options, with an `onError` that never fails: both errors go to stderr instead. */
export function withSafeOnError<Options extends Listening>(options: Options): Options {
  const onError: Listening["onError"] = options.onError;
  if (onError === undefined) return options;
  return {
    ...options,
    async onError(error: unknown): Promise<void> {
      try {
        await onError(error);
      } catch (failure) {
        console.error("onError failed:", failure, "when told of:", error);
      }
    },
  };
}

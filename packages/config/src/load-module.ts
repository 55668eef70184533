// Loads an optional package, or says which one to install.

/** @param setting What the URL that needs it is called in an error. */
export async function loaded<T>(module: Promise<T>, setting: string): Promise<T> {
  try {
    return await module;
  } catch (cause) {
    const missing = cause instanceof Error ? /package '([^']+)'/.exec(cause.message)?.[1] : null;
    if (!missing) {
      throw new TypeError(`${setting} needs a package that can't be loaded`, { cause });
    }
    throw new TypeError(`${setting} needs a package that is not installed: ${missing}`, { cause });
  }
}

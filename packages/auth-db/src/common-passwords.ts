// The passwords that are tried first: almost 50,000 of them, loaded when the first one is chosen.

/** Whether a password is on the list, or is a part of a few characters or a common one again and again. */
export async function isCommonPassword(password: string): Promise<boolean> {
  const list = await commonPasswords();
  const folded = password.toLowerCase();
  if (list.has(folded)) return true;
  const part = repeatedPart(folded);
  return part !== null && (part.length <= 4 || list.has(part));
}

let loaded: Promise<ReadonlySet<string>> | null = null;

function commonPasswords(): Promise<ReadonlySet<string>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
}

/** `abc` of `abcabcabc`; `null` of what has no such part. A text is in itself doubled, shifted. */
function repeatedPart(text: string): string | null {
  const length = (text + text).indexOf(text, 1);
  return length < text.length ? text.slice(0, length) : null;
}

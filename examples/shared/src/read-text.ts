// The body of a request as text, but never more of it than an app wants.

const LIMIT = 100_000;

/** @returns `null` when it is longer than 100,000 bytes. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

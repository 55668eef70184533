// Takes files out of a zip archive held in memory, never more than was allowed.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16

import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { errorCode, TableError } from "./table-error.ts";

/** A file in the archive, as the central directory describes it. */
interface Entry {
  name: string;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

/**
 * Inflates the files that are wanted. What they say of their size is added up before the first is
 * inflated, and none is inflated beyond what it said. Nor are more bytes read than the archive has.
 *
 * @param path Of the archive, only for messages.
 * @throws {TableError} `ERR_TABLE_TOO_LARGE`, or `ERR_TABLE_MALFORMED` for what is no zip archive,
 * is damaged, or lies about its sizes.
 */
export async function unzipParts(
  archive: Buffer,
  maxBytes: number,
  isWanted: (name: string) => boolean,
  path: string,
): Promise<Map<string, Buffer>> {
  const malformed = (problem: string): TableError =>
    new TableError("ERR_TABLE_MALFORMED", `${path}: ${problem}`);
  try {
    const entries = directory(archive, malformed).filter(({ name }) => isWanted(name));
    if (entries.reduce((sum, { size }) => sum + size, 0) > maxBytes) {
      const message = `${path} would be larger than ${maxBytes} bytes when it is unpacked`;
      throw new TableError("ERR_TABLE_TOO_LARGE", message);
    }
    // Files that share their bytes would make little text the work of hours.
    if (entries.reduce((sum, { packed }) => sum + packed, 0) > archive.length) {
      throw malformed("files overlap in the archive");
    }
    const parts = new Map<string, Buffer>();
    for (const entry of entries) {
      if (parts.has(entry.name)) throw malformed("two files of one name are in the archive");
      parts.set(entry.name, await inflated(archive, entry, malformed));
    }
    return parts;
  } catch (error) {
    if (error instanceof RangeError) throw malformed("the archive is cut short"); // read past its end
    throw error;
  }
}

type Malformed = (problem: string) => TableError;

function directory(archive: Buffer, malformed: Malformed): Entry[] {
  const end = archive.lastIndexOf(endSignature);
  if (archive.indexOf(localSignature) !== 0 || end === -1) throw malformed("not an XLSX file");
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32BE(at) !== centralSignature) throw malformed("the archive is damaged");
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
      flags: archive.readUInt16LE(at + 8),
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
      packed: archive.readUInt32LE(at + 20),
      size: archive.readUInt32LE(at + 24),
      offset: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

async function inflated(archive: Buffer, entry: Entry, malformed: Malformed): Promise<Buffer> {
  const { flags, method, crc, packed, size, offset } = entry;
  if ((flags & 1) !== 0) throw malformed("the archive is encrypted");
  // Where the data begins only the entry's own header knows.
  const skipped = archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
  const start = offset + 30 + skipped;
  const data = archive.subarray(start, start + packed);
  if (data.length < packed) throw malformed("the archive is cut short");
  const part = method === stored ? data : await inflate(data, method, size, malformed);
  if (part.length !== size) throw malformed("the archive lies about the size of a file");
  if (crc32(part) !== crc) throw malformed("the archive is damaged");
  return part;
}

async function inflate(
  data: Buffer,
  method: number,
  size: number,
  malformed: Malformed,
): Promise<Buffer> {
  if (method !== deflated) throw malformed("the archive is packed in a way that is not known here");
  try {
    return await promisify(inflateRaw)(data, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw malformed(
      errorCode(error) === "ERR_BUFFER_TOO_LARGE"
        ? "the archive lies about the size of a file"
        : "the archive is damaged",
    );
  }
}

const localSignature = Buffer.from("PK\x03\x04", "latin1");
const endSignature = Buffer.from("PK\x05\x06", "latin1");
const centralSignature = 0x50_4b_01_02;
const stored = 0;
const deflated = 8;

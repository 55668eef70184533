// Puts files that were checked into a zip archive again, unpacked, for a reader that takes nothing
// else: what it reads is then what was checked, even if its idea of a zip archive is another one.

import { crc32 } from "node:zlib";

export function zipStored(parts: ReadonlyMap<string, Buffer>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, part] of parts) {
    const nameBytes = Buffer.from(name);
    const about = Buffer.alloc(26); // What both headers have in common.
    about.writeUInt16LE(20, 0); // Version 2.0.
    about.writeUInt16LE(utf8Names, 2);
    about.writeUInt32LE(crc32(part), 10);
    about.writeUInt32LE(part.length, 14);
    about.writeUInt32LE(part.length, 18);
    about.writeUInt16LE(nameBytes.length, 22);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    local.push(signature("PK\x03\x04"), about, nameBytes, part);
    central.push(signature("PK\x01\x02\x14\0"), about, where, nameBytes);
    offset += 30 + nameBytes.length + part.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.size, 4);
  end.writeUInt16LE(parts.size, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, signature("PK\x05\x06"), end]);
}

const utf8Names = 0x0800;

function signature(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

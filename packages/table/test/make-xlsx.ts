// Makes spreadsheets part by part, also such as no program would write.
import { crc32, deflateRawSync } from "node:zlib";

const namespace = "http://schemas.openxmlformats.org";
const relations = `${namespace}/officeDocument/2006/relationships`;

/** The parts of a spreadsheet with one sheet. */
export function partsOf(sheetData: string): Record<string, string | Buffer> {
  return {
    "[Content_Types].xml": `<Types xmlns="${namespace}/package/2006/content-types"/>`,
    "xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns:r="${relations}"><sheets><sheet name="Users" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/worksheets/sheet1.xml": `<?xml version="1.0" encoding="UTF-8"?><worksheet>${sheetData}</worksheet>`,
  };
}

/** A row of text cells; `number` counts from 1. */
export function textRow(number: number, texts: readonly string[]): string {
  const cells = texts.map(
    (text, at) =>
      `<c r="${String.fromCharCode(65 + at)}${number}" t="inlineStr"><is><t>${text}</t></is></c>`,
  );
  return `<row r="${number}">${cells.join("")}</row>`;
}

/** What the archive says of a file in place of the truth. */
export interface Lie {
  size?: number;
  flags?: number;
  method?: number;
  crc?: number;
  /** Left out of the directory at the end, which a reader that goes from the front doesn't see. */
  hidden?: boolean;
}

export function makeZip(
  parts: Record<string, string | Buffer>,
  lies: Record<string, Lie> = {},
): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content);
    const {
      size = bytes.length,
      flags = 0,
      method = 8,
      crc = crc32(bytes),
      hidden,
    } = lies[name] ?? {};
    const data = deflateRawSync(bytes);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(flags, 2);
    about.writeUInt16LE(method, 4);
    about.writeUInt32LE(crc, 10);
    about.writeUInt32LE(data.length, 14);
    about.writeUInt32LE(size, 18);
    about.writeUInt16LE(Buffer.byteLength(name), 22);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04"), about, Buffer.from(name), data]);
    local.push(entry);
    if (!hidden) {
      central.push(Buffer.from("PK\x01\x02\x14\0"), about, where, Buffer.from(name));
    }
    offset += entry.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(central.length / 4, 4);
  end.writeUInt16LE(central.length / 4, 6);
  end.writeUInt32LE(Buffer.concat(central).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...central, Buffer.from("PK\x05\x06"), end]);
}

/** An archive in which files of no size are all one piece of packed bytes. */
export function makeSharingZip(data: Buffer, names: readonly string[]): Buffer {
  const about = Buffer.alloc(26);
  about.writeUInt16LE(8, 4);
  about.writeUInt32LE(data.length, 14);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), about, data]);
  const central = names.map((name) => {
    const named = Buffer.from(about);
    named.writeUInt16LE(Buffer.byteLength(name), 22);
    const parts = [Buffer.from("PK\x01\x02\x14\0"), named, Buffer.alloc(14), Buffer.from(name)];
    return Buffer.concat(parts);
  });
  const end = Buffer.alloc(18);
  end.writeUInt16LE(names.length, 6);
  end.writeUInt32LE(Buffer.concat(central).length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, ...central, Buffer.from("PK\x05\x06"), end]);
}

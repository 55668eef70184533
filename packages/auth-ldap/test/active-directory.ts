// A double of Active Directory: speaks LDAP over a real socket and answers by Microsoft's documentation
// where that differs from OpenLDAP. It proves what is sent to one and how its answers are read, not
// that a real one answers so.

import { type AddressInfo, createServer, type Socket } from "node:net";
import {
  BerReader,
  BerWriter,
  BindRequest,
  EqualityFilter,
  ExtendedRequest,
  ExtensibleFilter,
  PagedResultsControl,
  SearchRequest,
} from "ldapts";

export interface AdUser {
  account: string;
  upn: string;
  dn: string;
  password: string;
  /** Why a login with the right password is refused: `533` … */
  data?: string;
  attributes: Record<string, (string | Buffer)[]>;
}

export interface ActiveDirectory {
  url: string;
  /** Names that binds came with. */
  binds: string[];
  /** Filters that searches came with. */
  filters: string[];
  /** Pages that searches were answered in. */
  pages: number;
  stop(): Promise<void>;
}

export interface AdOptions {
  users: readonly AdUser[];
  /** Members of groups, by the group's DN. */
  groups?: Readonly<Record<string, readonly string[]>>;
  /** A result code that every bind gets. */
  bindCode?: number;
  /** A result code that every search gets, or every one by the rule for nested groups. */
  searchCode?: number;
  nestedCode?: number;
  /** Whether it knows "Who am I?"; Windows Server 2003 did not. */
  whoAmI?: boolean;
}

const IN_CHAIN = "1.2.840.113556.1.4.1941";
const wrong = (data: string): string =>
  `80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data ${data}, v4563\0`;

export async function startActiveDirectory(options: AdOptions): Promise<ActiveDirectory> {
  const sockets = new Set<Socket>();
  const seen: ActiveDirectory = { url: "", binds: [], filters: [], pages: 0, stop };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let self: AdUser | null = null;
    let rest = Buffer.alloc(0);
    socket.on("data", (piece) => {
      rest = Buffer.concat([rest, piece]);
      for (;;) {
        const reader = new BerReader(rest);
        const length = reader.readSequence() === null ? null : reader.length;
        if (length === null || reader.remain < length) return;
        const end = reader.offset + length;
        const message = new BerReader(rest.subarray(0, end));
        rest = rest.subarray(end);
        message.readSequence();
        answer(message.readInt() ?? 0, message);
      }
    });

    function answer(messageId: number, reader: BerReader): void {
      const operation = reader.readSequence();
      if (operation === 0x60) bind(messageId, reader);
      else if (operation === 0x63) search(messageId, reader);
      else if (operation === 0x77) extended(messageId, reader);
      else socket.end();
    }

    function bind(messageId: number, reader: BerReader): boolean {
      const request = new BindRequest({ messageId });
      request.parse(reader, []);
      seen.binds.push(request.dn);
      const name = request.dn.toLowerCase();
      const user = options.users.find(({ account, upn, dn }) =>
        [`corp\\${account}`, upn, dn].some((known) => known.toLowerCase() === name),
      );
      self = null;
      if (options.bindCode) return result(messageId, 0x61, options.bindCode, "no");
      if (!user) return result(messageId, 0x61, 49, wrong("525"));
      if (user.password !== request.password) return result(messageId, 0x61, 49, wrong("52e"));
      if (user.data) return result(messageId, 0x61, 49, wrong(user.data));
      self = user;
      return result(messageId, 0x61, 0);
    }

    function extended(messageId: number, reader: BerReader): boolean {
      const request = new ExtendedRequest({ messageId });
      request.parse(reader, []);
      if (request.oid !== "1.3.6.1.4.1.4203.1.11.3" || options.whoAmI === false) {
        return result(messageId, 0x78, 2, "0000203D: LdapErr: unknown extended request OID");
      }
      const writer = begin(messageId, 0x78, 0);
      writer.writeString(self === null ? "" : `u:CORP\\${self.account}`, 0x8b);
      return send(writer);
    }

    function search(messageId: number, reader: BerReader): boolean {
      const request = new SearchRequest({ messageId, filter: new EqualityFilter() });
      const paging = new PagedResultsControl();
      request.parse(reader, [paging]);
      if (request.baseDN === "") {
        entry(messageId, "", { supportedCapabilities: ["1.2.840.113556.1.4.800"] });
        return result(messageId, 0x65, 0);
      }
      seen.filters.push(request.filter.toString());
      if (self === null)
        return result(messageId, 0x65, 1, "000004DC: LdapErr: a successful bind …");
      const isNested = request.filter instanceof ExtensibleFilter;
      const code = options.searchCode ?? (isNested ? options.nestedCode : undefined);
      if (code) return result(messageId, 0x65, code, "no");
      const found = find(request);
      const paged = request.controls?.find((control) => control instanceof PagedResultsControl);
      const start = Number(paged?.value?.cookie?.toString() || 0);
      const size = paged?.value?.size ? Math.min(paged.value.size, 2) : found.length;
      for (const [dn, attributes] of found.slice(start, start + size))
        entry(messageId, dn, attributes);
      reference(messageId);
      seen.pages += 1;
      const next = start + size < found.length ? String(start + size) : "";
      return result(messageId, 0x65, 0, "", paged ? next : null);
    }

    function result(
      messageId: number,
      tag: number,
      code: number,
      message = "",
      cookie: string | null = null,
    ): boolean {
      return send(begin(messageId, tag, code, message), cookie);
    }

    function send(writer: BerWriter, cookie: string | null = null): boolean {
      writer.endSequence();
      if (cookie !== null) {
        const value = new PagedResultsControl({ value: { size: 0, cookie: Buffer.from(cookie) } });
        writer.startSequence(0xa0);
        value.write(writer);
        writer.endSequence();
      }
      writer.endSequence();
      return socket.write(writer.buffer);
    }

    function entry(messageId: number, dn: string, attributes: AdUser["attributes"]): void {
      const writer = new BerWriter();
      writer.startSequence();
      writer.writeInt(messageId);
      writer.startSequence(0x64);
      writer.writeString(dn);
      writer.startSequence();
      for (const [name, values] of Object.entries(attributes)) {
        writer.startSequence();
        writer.writeString(name);
        writer.startSequence(0x31);
        for (const value of values) writer.writeBuffer(Buffer.from(value), 4);
        writer.endSequence();
        writer.endSequence();
      }
      writer.endSequence();
      send(writer);
    }

    /** As a search from the root of a domain gets. */
    function reference(messageId: number): void {
      const writer = new BerWriter();
      writer.startSequence();
      writer.writeInt(messageId);
      writer.startSequence(0x73);
      writer.writeString("ldap://DomainDnsZones.corp.example/DC=DomainDnsZones,DC=corp,DC=example");
      send(writer);
    }
  });

  function find({ filter }: SearchRequest): [string, AdUser["attributes"]][] {
    if (filter instanceof ExtensibleFilter && filter.rule === IN_CHAIN) {
      return [...containing(String(filter.value))].map((dn) => [dn, {}]);
    }
    if (!(filter instanceof EqualityFilter)) return [];
    const { attribute, value } = filter;
    return options.users
      .filter(({ attributes }) =>
        Object.entries(attributes).some(
          ([name, values]) =>
            name.toLowerCase() === attribute.toLowerCase() &&
            values.some((one) => String(one).toLowerCase() === String(value).toLowerCase()),
        ),
      )
      .map(({ dn, attributes }) => [dn, attributes]);
  }

  function containing(dn: string, found: Set<string> = new Set()): Set<string> {
    for (const [group, members] of Object.entries(options.groups ?? {})) {
      if (found.has(group) || !members.includes(dn)) continue;
      found.add(group);
      containing(group, found);
    }
    return found;
  }

  function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  seen.url = `ldap://localhost:${address.port}`;
  return seen;
}

function begin(messageId: number, tag: number, code: number, message = ""): BerWriter {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(messageId);
  writer.startSequence(tag);
  writer.writeEnumeration(code);
  writer.writeString("");
  writer.writeString(message);
  return writer;
}

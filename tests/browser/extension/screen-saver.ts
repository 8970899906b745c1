import { createServer, type Socket } from 'node:net';

// The lock screen of a desktop, as far as Chromium asks for it: a D-Bus connection with GNOME's screen saver at its other end. What the
// browser makes of it, up to chrome.idle, is its own; in a headless one nothing else tells that nobody is there.
// https://dbus.freedesktop.org/doc/dbus-specification.html

const SAVER = 'org.gnome.ScreenSaver';
const SAVER_PATH = '/org/gnome/ScreenSaver';
const BUS = 'org.freedesktop.DBus';
/** Names of connections: the browser's, and the screen saver's. */
const [BROWSER, OWNER] = [':1.1', ':1.2'];
const LITTLE_ENDIAN = 0x6c;
const KIND = { call: 1, reply: 2, error: 3, signal: 4 } as const;
const FIELD = { path: 1, interface: 2, member: 3, error: 4, replyTo: 5, destination: 6, sender: 7, signature: 8 } as const;

type Header = readonly (readonly [code: number, type: 's' | 'o' | 'g' | 'u', value: string | number])[];

const aligned = (length: number, to: number): number => Math.ceil(length / to) * to;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(`${value}\0`)]);

const message = (kind: number, serial: number, header: Header, body: Buffer): Buffer => {
  let fields = Buffer.alloc(0);
  const add = (bytes: Buffer, to = 1): void => {
    fields = Buffer.concat([fields, Buffer.alloc(aligned(fields.length, to) - fields.length), bytes]);
  };
  for (const [code, type, value] of header) {
    add(Buffer.from([code, 1, type.charCodeAt(0), 0]), 8);
    if (typeof value === 'number') add(uint32(value), 4);
    else if (type === 'g') add(Buffer.from(`${String.fromCharCode(value.length)}${value}\0`));
    else add(text(value), 4);
  }
  const start = Buffer.from([LITTLE_ENDIAN, kind, 0, 1]);
  const padding = Buffer.alloc(aligned(fields.length, 8) - fields.length);
  return Buffer.concat([start, uint32(body.length), uint32(serial), uint32(fields.length), fields, padding, body]);
};

interface Call {
  readonly serial: number;
  readonly member: string;
  /** Its first argument, where that is a text. */
  readonly about: string;
}

/** Cuts the first message off; undefined where there is not all of it yet. */
const cut = (bytes: Buffer): { readonly call: Call | undefined; readonly length: number } | undefined => {
  if (bytes.length < 16) return undefined;
  if (bytes[0] !== LITTLE_ENDIAN) throw new Error('a byte order that no machine here has');
  const end = 16 + bytes.readUInt32LE(12);
  const bodyAt = aligned(end, 8);
  const length = bodyAt + bytes.readUInt32LE(4);
  if (bytes.length < length) return undefined;
  const textAt = (at: number): string => bytes.toString('utf8', at + 4, at + 4 + bytes.readUInt32LE(at));
  const found = new Map<number, string>();
  for (let at = 16; at < end; ) {
    at = aligned(at, 8);
    const [code = 0, , type = 0] = bytes.subarray(at, at + 3);
    at += 4;
    if (String.fromCharCode(type) === 'g') {
      const size = bytes[at] ?? 0;
      found.set(code, bytes.toString('utf8', at + 1, at + 1 + size));
      at += size + 2;
    } else {
      const value = String.fromCharCode(type) === 'u' ? undefined : textAt(at);
      if (value !== undefined) found.set(code, value);
      at += 4 + (value === undefined ? 0 : Buffer.byteLength(value) + 1);
    }
  }
  const about = found.get(FIELD.signature)?.startsWith('s') ? textAt(bodyAt) : '';
  const call = { serial: bytes.readUInt32LE(8), member: found.get(FIELD.member) ?? '', about };
  return { call: bytes[1] === KIND.call ? call : undefined, length };
};

/** The replies to what Chromium calls, as signature and body; undefined: there is no such thing here. */
const replyTo = ({ member, about }: Call, isLocked: boolean): readonly [string, Buffer] | undefined => {
  if (member === 'Hello') return ['s', text(BROWSER)];
  if (member === 'AddMatch' || member === 'RemoveMatch') return ['', Buffer.alloc(0)];
  if (member === 'NameHasOwner') return ['b', uint32(about === SAVER ? 1 : 0)];
  if (member === 'GetNameOwner' && about === SAVER) return ['s', text(OWNER)];
  return member === 'GetActive' ? ['b', uint32(isLocked ? 1 : 0)] : undefined;
};

export interface ScreenSaver {
  /** For DBUS_SESSION_BUS_ADDRESS. */
  readonly address: string;
  lock(isLocked: boolean): void;
  close(): void;
}

/** Listens at a socket of this path, which is at most 100 characters long. */
export const openScreenSaver = async (path: string): Promise<ScreenSaver> => {
  const sockets = new Set<Socket>();
  let isLocked = false;
  let serial = 0;
  const send = (socket: Socket, kind: number, header: Header, body: Buffer): void => {
    serial += 1;
    socket.write(message(kind, serial, header, body));
  };
  const answer = (socket: Socket, call: Call): void => {
    const replied = replyTo(call, isLocked);
    const to: Header = [
      [FIELD.replyTo, 'u', call.serial],
      [FIELD.destination, 's', BROWSER],
      [FIELD.sender, 's', call.member === 'GetActive' ? OWNER : BUS],
    ];
    if (replied === undefined) send(socket, KIND.error, [...to, [FIELD.error, 's', `${BUS}.Error.ServiceUnknown`]], Buffer.alloc(0));
    else send(socket, KIND.reply, replied[0] === '' ? to : [...to, [FIELD.signature, 'g', replied[0]]], replied[1]);
  };
  /** The lines that come before the first message; true when they are over. */
  const greet = (socket: Socket, line: string): boolean => {
    if (/^\0?AUTH EXTERNAL/.test(line)) socket.write(`OK ${'0'.repeat(32)}\r\n`);
    else if (/^\0?AUTH/.test(line)) socket.write('REJECTED EXTERNAL\r\n');
    else if (line !== 'BEGIN') socket.write('ERROR\r\n');
    return line === 'BEGIN';
  };
  const server = createServer((socket) => {
    let [waiting, hasBegun] = [Buffer.alloc(0), false];
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // The browser may be killed.
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      for (let end = waiting.indexOf('\r\n'); !hasBegun && end >= 0; end = waiting.indexOf('\r\n')) {
        hasBegun = greet(socket, waiting.toString('utf8', 0, end));
        waiting = waiting.subarray(end + 2);
      }
      for (let next = hasBegun ? cut(waiting) : undefined; next !== undefined; next = cut(waiting)) {
        waiting = waiting.subarray(next.length);
        if (next.call !== undefined) answer(socket, next.call);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const changed: Header = [
    [FIELD.path, 'o', SAVER_PATH],
    [FIELD.interface, 's', SAVER],
    [FIELD.member, 's', 'ActiveChanged'],
    [FIELD.sender, 's', OWNER],
    [FIELD.signature, 'g', 'b'],
  ];
  return {
    address: `unix:path=${path}`,
    lock: (locked) => {
      isLocked = locked;
      for (const socket of sockets) send(socket, KIND.signal, changed, uint32(locked ? 1 : 0));
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

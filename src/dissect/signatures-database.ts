import { ANSWERS, ASKS, hasBytes, hasText, MORE, NO, range, type Signature, YES } from "./family.ts";

/** MS-TDS §2.2.3.1.1: batches, calls, attention, bulk, transactions, sign-ons; in older versions 2. */
const TDS_CLIENT_TYPES = [0x01, 0x02, 0x03, 0x06, 0x07, 0x08, 0x0e, 0x10, 0x11, 0x12];
/** Oracle Net, packet types: connect, accept, refuse, redirect, data, resend, marker. */
const TNS_ASKS = [1, 6];
const TNS_ANSWERS = [2, 4, 5, 11, 12];
/** AMQP: protocol number, major, minor, revision: 0-8, 0-9, 0-10, 0-9-1; 1.0, it over TLS, it with a sign-on. */
const AMQP_VERSIONS = [0x01010800, 0x01010009, 0x0101000a, 0x00000901, 0x00010000, 0x02010000, 0x03010000];
const MONGO_OPCODES = [1, 2004, 2010, 2011, 2012, 2013];

/** Databases, queues and caches. */
export const DATABASE_STREAMS: readonly Signature[] = [
  {
    // PostgreSQL protocol, "Message Formats": a startup, SSL, GSS or cancel request; from the server an authentication request.
    word: "postgresql",
    ports: [5432],
    mayUpgrade: true,
    first: [0, 0x52, 0x45, 0x53, 0x4e],
    test(s) {
      if (s.bytes[s.start] === 0) {
        if (s.length < 8) return s.length > 1 && s.bytes[s.start + 1] !== 0 ? NO : MORE;
        const length = s.bytes.readUInt32BE(s.start);
        const code = s.bytes.readUInt32BE(s.start + 4);
        if (code === 80_877_103 || code === 80_877_104) return length === 8 ? ASKS : NO;
        if (code === 80_877_102) return length === 16 ? ASKS : NO;
        if (code >>> 16 !== 3 || length <= 8 || length >= 10_000) return NO;
        return hasText(s, 8, "user\0") || (code === 0x00030000 && s.isOnPort(5432)) ? ASKS : NO;
      }
      if (!s.isOnPort(5432))
        return s.bytes[s.start] === 0x52 &&
          hasBytes(s, 1, 0, 0, 0) &&
          s.length >= 9 &&
          s.bytes[s.start + 4] >= 8 &&
          hasBytes(s, 5, 0, 0, 0) &&
          s.bytes[s.start + 8] <= 12
          ? ANSWERS
          : NO;
      if (s.length === 1) return s.bytes[s.start] === 0x53 || s.bytes[s.start] === 0x4e ? ANSWERS : MORE;
      return s.bytes[s.start] !== 0x4e && hasBytes(s, 1, 0, 0) ? ANSWERS : NO;
    },
  },
  {
    // MySQL protocol, HandshakeV10 (or an error): sequence 0, version 10, a version text.
    word: "mysql",
    ports: [3306],
    mayUpgrade: true,
    test(s) {
      if (s.length < 8) return s.isOnPort(3306) ? MORE : NO;
      // Most of what comes here is turned away by its fourth byte.
      if (s.bytes[s.start + 3] > 1) return NO;
      const length = s.bytes.readUIntLE(s.start, 3);
      if (hasBytes(s, 3, 0, 10) && length >= 40 && length < 512) {
        let at = s.start + 5;
        while (at < s.end && s.bytes[at] >= 0x20 && s.bytes[at] < 0x7f) at += 1;
        return at > s.start + 7 && at < s.end && s.bytes[at] === 0 && s.bytes[s.start + 5] >= 0x30 && s.bytes[s.start + 5] <= 0x39
          ? ANSWERS
          : NO;
      }
      if (!s.isOnPort(3306) || length < 4 || length > 4096) return NO;
      if (hasBytes(s, 3, 0, 0xff)) return ANSWERS;
      return s.bytes[s.start + 3] === 1 && length + 4 >= s.length ? ASKS : NO;
    },
  },
  {
    // MS-TDS §2.2.3.1: type, status, length, window 0; TDS 4 and 5 log in with type 2.
    word: "mssql",
    ports: [1433],
    first: [...TDS_CLIENT_TYPES, 4],
    test(s) {
      if (s.length < 8) return MORE;
      const length = s.bytes.readUInt16BE(s.start + 2);
      const type = s.bytes[s.start];
      if (length < 8 || length > 32_767 || s.bytes[s.start + 1] > 0x1f || s.bytes[s.start + 7] !== 0) return NO;
      if (s.bytes[s.start + 1] > 1 && !s.isOnPort(1433)) return NO;
      if (s.isOnPort(1433) && TDS_CLIENT_TYPES.includes(type)) return s.bytes[s.start + 6] <= 1 || type !== 2 ? ASKS : NO;
      // A pre-login's first option is the version, its list ends with 255; a login begins with its own length.
      if (type === 0x12 && hasBytes(s, 8, 0, 0)) return ASKS;
      if (type === 0x10 && s.length >= 16 && s.bytes.readUInt32LE(s.start + 8) <= length)
        return (s.bytes[s.start + 15] & 0xf0) === 0x70 ? ASKS : s.isOnPort(1433) ? ASKS : NO;
      if (type === 4)
        return hasBytes(s, 8, 0, 0) ||
          (s.length > 8 && [0xe3, 0xab, 0xaa, 0xad, 0xfd, 0x81, 0xee].includes(s.bytes[s.start + 8]) && s.length >= length)
          ? ANSWERS
          : NO;
      return type === 2 && length === 512 && hasBytes(s, 4, 0, 0, 0, 0) ? ASKS : NO;
    },
  },
  {
    // MongoDB wire protocol: a header whose code is known.
    word: "mongodb",
    ports: [27017],
    test(s) {
      if (s.length < 16) return s.isOnPort(27_017) ? MORE : NO;
      if (s.bytes[s.start + 14] !== 0 || s.bytes[s.start + 15] !== 0) return NO;
      const length = s.bytes.readInt32LE(s.start);
      if (length < 16 || length > 48_000_000 || (length < s.length && !s.isOnPort(27_017))) return NO;
      const code = s.bytes.readInt32LE(s.start + 12);
      if (!MONGO_OPCODES.includes(code) || (code === 1 && !s.isOnPort(27_017))) return NO;
      return s.bytes.readInt32LE(s.start + 8) === 0 ? ASKS : ANSWERS;
    },
  },
  {
    // RESP: an array of bulk strings from a client; on its port the simple answers too.
    word: "redis",
    ports: [6379],
    first: [0x2a, 0x2b, 0x2d, 0x24, 0x3a],
    test(s) {
      const text = s.bytes.toString("latin1", s.start, Math.min(s.end, s.start + 24));
      if (/^\*[1-9]\d{0,3}\r\n\$\d{1,4}\r\n[A-Za-z]/.test(text)) return ASKS;
      if (!s.isOnPort(6379)) return text.length < 12 && /^\*[1-9]?\d{0,3}(\r(\n(\$\d{0,4}(\r\n?)?)?)?)?$/.test(text) ? MORE : NO;
      return /^(\+[A-Z]|-[A-Z]+ |\$-?\d+\r\n|:-?\d+\r\n)/.test(text) ? ANSWERS : NO;
    },
  },
  {
    // AMQP 0-9-1 §4.2.2, AMQP 1.0 §2.2: the letters, then one of the versions there are.
    word: "amqp",
    ports: [5672],
    first: [0x41],
    test(s) {
      if (s.length < 8) return hasText(s, 0, "AMQP".slice(0, Math.min(4, s.length))) ? MORE : NO;
      return hasText(s, 0, "AMQP") && AMQP_VERSIONS.includes(s.bytes.readUInt32BE(s.start + 4)) ? YES : NO;
    },
  },
  {
    word: "memcached",
    isOnlyOnPorts: true,
    ports: [11211],
    first: [0x67, 0x73, 0x56, 0x53],
    test(s) {
      if (!s.isOnPort(11_211)) return NO;
      const text = s.bytes.toString("latin1", s.start, Math.min(s.end, s.start + 32));
      return /^(get|gets|set|stats)[ \r]/.test(text) ? ASKS : /^(VALUE|STAT|STORED)[ \r]/.test(text) ? ANSWERS : NO;
    },
  },
  {
    // Zabbix protocol header.
    word: "zabbix",
    ports: [10050, 10051],
    first: [0x5a],
    test: (s) => (hasText(s, 0, "ZBXD") ? YES : NO),
  },
  {
    // RFC 6733 §3: version 1, a length of whole words, flags without reserved bits, a base application.
    word: "diameter",
    ports: [3868],
    first: [1],
    test(s) {
      if (s.length < 20) return MORE;
      const length = s.bytes.readUIntBE(s.start + 1, 3);
      if (length < 20 || (length & 3) !== 0 || length > 65_536 || (s.bytes[s.start + 4] & 15) !== 0) return NO;
      const command = s.bytes.readUIntBE(s.start + 5, 3);
      if (!((command >= 257 && command <= 300) || s.isOnPort(3868))) return NO;
      return (s.bytes[s.start + 4] & 0x80) !== 0 ? ASKS : ANSWERS;
    },
  },
  {
    // Oracle Net: length, no checksums, a type; a connect describes where it wants to go.
    word: "oracle",
    ports: [1521],
    first: range(0, 31),
    test(s) {
      if (s.length < 8 || !hasBytes(s, 2, 0, 0) || !hasBytes(s, 6, 0, 0)) return NO;
      const type = s.bytes[s.start + 4];
      const isOnPort = s.isOnPort(1521);
      if (s.bytes.readUInt16BE(s.start) !== s.length && !isOnPort) return NO;
      if (type === 1 && (isOnPort || (s.length >= 34 && s.bytes.toString("latin1", s.start, s.end).includes("(DESCRIPTION=")))) return ASKS;
      if (!isOnPort) return NO;
      return TNS_ASKS.includes(type) ? YES : TNS_ANSWERS.includes(type) ? ANSWERS : NO;
    },
  },
  {
    // Cassandra's native protocol versions 3 to 5, §2: version and direction, flags, stream, operation, length.
    word: "cassandra",
    ports: [9042],
    first: [3, 4, 5, 0x83, 0x84, 0x85],
    test(s) {
      if (s.length < 9) return s.isOnPort(9042) ? MORE : NO;
      const operation = s.bytes[s.start + 4];
      const length = s.bytes.readUInt32BE(s.start + 5);
      if (s.bytes[s.start + 1] > 0x1f || operation > 0x10 || length > 268_435_456) return NO;
      if (s.bytes[s.start] >= 0x80) return s.isOnPort(9042) ? ANSWERS : NO;
      const isOpening = (operation === 5 && length === 0 && s.length === 9) || (operation === 1 && s.length === 9 + length && length >= 4);
      return isOpening || s.isOnPort(9042) ? ASKS : NO;
    },
  },
];

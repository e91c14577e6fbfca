/** How a session of command and reply lines begins, and how it becomes TLS. Expressions are held against one line without its end. */
export interface TextSession {
  readonly word: string;
  readonly ports: readonly number[];
  /** A client's line that says what it is; `weak`: on its ports only. */
  readonly command: RegExp;
  readonly weakCommand?: RegExp;
  /** A server's first line. */
  readonly greeting: RegExp;
  readonly weakGreeting?: RegExp;
  readonly startTls: RegExp;
  /** The server's yes to it. */
  readonly proceed: RegExp;
}

export const TEXT_SESSIONS: readonly TextSession[] = [
  {
    // RFC 959, RFC 4217.
    word: "ftp",
    ports: [21],
    command: /^(AUTH (TLS|SSL)|PORT \d+,\d+,\d+,\d+,\d+,\d+|EPRT \||EPSV|PASV)\b/i,
    weakCommand: /^(USER \S+|FEAT|SYST|OPTS |PASS |QUIT)/i,
    greeting: /^220[ -].*\bFTP|^220[ -].*(vsFTPd|FileZilla|ProFTPD|Pure-FTPd)/i,
    weakGreeting: /^(220|120|421|331|230|530|234|211|221)[ -]/,
    startTls: /^AUTH (TLS|TLS-C|SSL)$/i,
    proceed: /^234[ -]/,
  },
  {
    // RFC 1939, RFC 2595 §4.
    word: "pop3",
    ports: [110],
    command: /^(STLS|UIDL|APOP \S+ [0-9a-f]{32})$/i,
    weakCommand: /^(USER \S+|CAPA|AUTH\b|STAT|LIST|QUIT)/i,
    // Alone it is what others say too (RESP, "Simple strings").
    greeting: /^\+OK \S/,
    weakGreeting: /^(\+OK|-ERR)\b/,
    startTls: /^STLS$/i,
    proceed: /^\+OK\b/,
  },
  {
    // RFC 9051 §2.2, §6.2.1.
    word: "imap",
    ports: [143],
    command: /^[A-Za-z0-9.$-]{1,16} (CAPABILITY|STARTTLS|LOGIN \S+ \S+|AUTHENTICATE \S+|LOGOUT|ID \(.*)\s*$/i,
    weakCommand: /^[A-Za-z0-9.$-]{1,16} (NOOP|SELECT|LIST|EXAMINE|LSUB|UID|FETCH|STATUS)\b/i,
    greeting: /^\* (OK|PREAUTH|BYE)\b.*(IMAP|CAPABILITY)/i,
    weakGreeting: /^(\* |\S+ (OK|NO|BAD)\b)/,
    startTls: /^\S+ STARTTLS$/i,
    proceed: /^\S+ OK\b/i,
  },
  {
    // RFC 3977 §5, RFC 4642.
    word: "nntp",
    ports: [119],
    command: /^(MODE READER|XOVER \d|NEWNEWS |GROUP [a-z]+\.\S+)/i,
    weakCommand: /^(STARTTLS|LIST|GROUP|ARTICLE|CAPABILITIES|AUTHINFO|POST|QUIT)\b/i,
    greeting: /^20[01] .*(NNTP|InterNetNews|news)/i,
    weakGreeting: /^[2-5]\d\d[ -]/,
    startTls: /^STARTTLS$/i,
    proceed: /^382 /,
  },
];

import { pino } from "pino";

export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** JSON lines on standard error. At most `perMinute` lines of one message; what was left out is said with the next one. */
export function createLog(component: string, nowMs: () => number = Date.now, perMinute = 10): Log {
  const sink = pino(
    { name: component, base: { component }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  const windows = new Map<string, { startMs: number; lines: number; left: number }>();
  function write(level: "info" | "warn" | "error", message: string, fields: Record<string, unknown> = {}): void {
    const now = nowMs();
    let window = windows.get(message);
    if (!window || now - window.startMs >= 60_000) {
      const left = window?.left ?? 0;
      if (windows.size > 1000) windows.clear();
      window = { startMs: now, lines: 0, left: 0 };
      windows.set(message, window);
      if (left > 0) fields = { ...fields, leftOut: left };
    }
    window.lines += 1;
    if (window.lines > perMinute) window.left += 1;
    else sink[level](fields, message);
  }
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}

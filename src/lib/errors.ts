/** The world failed (file, socket, peer, wrong use). `message` is one line for people: what, where, what to do. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  /** Process exit code if nobody handles it: 1 it found a fault, 2 wrong use. */
  readonly exitCode: 1 | 2;

  constructor(code: AppErrorCode, message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.exitCode = options.exitCode ?? 1;
  }
}

export const APP_ERROR_CODES = [
  "usage",
  "config_invalid",
  "config_unreadable",
  "capture_missing",
  "capture_not_a_capture",
  "capture_interface",
  "capture_permission",
  "capture_filter",
  "capture_unsupported",
  "collect_socket",
  "geo_missing",
  "geo_corrupt",
  "history_unavailable",
  "history_query",
  "alerts_store",
  "spool_failed",
  "output_failed",
  "console_address",
  "console_port",
  "link_failed",
  "sensor_failed",
  "state_folder",
] as const;
export type AppErrorCode = (typeof APP_ERROR_CODES)[number];

/** The text of anything thrown, for a one-line message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

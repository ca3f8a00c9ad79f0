/** Values that a log line may carry. A line never holds a secret: callers pass names, ids and figures. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The service log: diagnostics for operators. (What was sent is in the push log.)
 *
 * A line is time, level, subject, text and fields, separated by tabs; `subject` is a channel's name or a part of
 * the service. Control characters in any of them are escaped, so that one event is one line.
 */
export interface Logger {
  debug(subject: string, text: string, fields?: LogFields): void;
  info(subject: string, text: string, fields?: LogFields): void;
  warn(subject: string, text: string, fields?: LogFields): void;
  error(subject: string, text: string, fields?: LogFields): void;
}

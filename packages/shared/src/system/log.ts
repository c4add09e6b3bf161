/**
 * One JSON line per event on stdout, by pino: `time`, `level`, `role`, `event` and the fields of the event.
 * Field names are those of docs/vocabulary.md; `session` and `id` (of the queue entry) tie lines together.
 */
import { pino } from 'pino';
import { createLineWriter } from './line-writer.ts';

export interface Log {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
  /** Writes out what is buffered; for the way out. */
  flush(): void;
}

export function createLog(options: { role: string; level: string }): Log & { setLevel(level: string): void } {
  const destination = createLineWriter(1);
  const logger = pino(
    {
      level: options.level,
      base: { role: options.role },
      messageKey: 'event',
      timestamp: createTimestamp(),
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  return {
    debug: (event, fields = {}) => logger.debug(fields, event),
    info: (event, fields = {}) => logger.info(fields, event),
    warn: (event, fields = {}) => logger.warn(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
    flush: () => destination.flushSync(),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

/** The `time` field of pino, `,"time":"2026-11-24T01:02:03.004Z"`, composed once for each millisecond. */
function createTimestamp(): () => string {
  let at = 0;
  let field = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      field = `,"time":"${new Date(now).toISOString()}"`;
    }
    return field;
  };
}

/** A log that nobody reads, for tests and for tools that share code with the gateways. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  flush: () => undefined,
};

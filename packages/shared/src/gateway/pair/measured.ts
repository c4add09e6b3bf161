/**
 * What `mailpair capacity` measured on this host, as it is kept in the spool directories of this host. Pure.
 */

/** One worker of a gateway, with the configured checks. */
export interface RoleMeasure {
  /** CPU seconds for a message of the usual mix of sizes. */
  readonly secondsPerMessage: number;
  /** The same as a line: for any message, and for each MB (1024 * 1024 bytes) of it. */
  readonly secondsFixed: number;
  readonly secondsPerMegabyte: number;
  /** Resident memory after the load. */
  readonly memoryBytes: number;
}

export interface Measured {
  /** ISO 8601. */
  readonly measuredAt: string;
  /** Cores that could be used. */
  readonly cores: number;
  readonly inbound: RoleMeasure;
  readonly outbound: RoleMeasure;
}

export const MEASURED_FILE = 'capacity.json';

export const formatMeasured = (measured: Measured): string => `${JSON.stringify(measured, null, 2)}\n`;

/** Undefined when it is none. */
export function parseMeasured(text: string): Measured | undefined {
  try {
    const { measuredAt, cores, inbound, outbound } = JSON.parse(text) as Measured;
    const isWhole = [inbound, outbound].every(isRoleMeasure) && cores > 0 && Date.parse(measuredAt) > 0;
    return isWhole ? { measuredAt, cores, inbound, outbound } : undefined;
  } catch {
    return undefined;
  }
}

const isRoleMeasure = (measure: RoleMeasure): boolean =>
  measure.secondsPerMessage > 0 &&
  measure.secondsFixed >= 0 &&
  measure.secondsPerMegabyte >= 0 &&
  measure.memoryBytes >= 0;

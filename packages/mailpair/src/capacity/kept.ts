/** Stores the result of `mailpair capacity` in the spool directories of this host. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { roleNames } from '@mailpair/shared/platform/values/role-name';
import type { Settings } from '@mailpair/shared/config/settings';
import {
  formatMeasured,
  MEASURED_FILE,
  parseMeasured,
  type Measured,
} from '@mailpair/shared/gateway/pair/measured';
import { createFileSync } from '@mailpair/shared/platform/files/regular-file';
import type { Io } from '../framework/verb.ts';

const placesOf = (settings: Settings): string[] =>
  [...new Set(roleNames.map((role) => settings[role].spool))].filter((spool) => existsSync(spool));

/** The account of the gateway must be able to read the file, whichever account measures. */
const READABLE = 0o644;

export function store(measured: Measured, settings: Settings, io: Io): void {
  const places = placesOf(settings);
  for (const place of places) {
    const file = join(place, MEASURED_FILE);
    try {
      createFileSync(`${file}.new`, formatMeasured(measured), READABLE);
      renameSync(`${file}.new`, file);
      io.err(`kept in ${file}`);
    } catch (error) {
      io.err(
        `not kept in ${file}: ${(error as Error).message}; run this as root or as the owner of the directory`,
      );
    }
  }
  if (places.length === 0)
    io.err(
      `not kept: neither ${settings.inbound.spool} nor ${settings.outbound.spool} is on this host; ` +
        'start the gateway once and measure again',
    );
}

/** @throws if there is no stored result */
export function readStored(settings: Settings): Measured {
  const files = placesOf(settings).map((place) => join(place, MEASURED_FILE));
  const stored = files
    .filter((file) => existsSync(file))
    .map((file) => parseMeasured(readFileSync(file, 'utf8')))
    .filter((measured) => measured !== undefined)
    .toSorted((a, b) => b.measuredAt.localeCompare(a.measuredAt))[0];
  if (stored) return stored;
  throw new Error(
    `nothing was measured yet: there is no valid ${MEASURED_FILE} in ${settings.inbound.spool} or ${settings.outbound.spool}; ` +
      'run "mailpair capacity" without --stored',
  );
}

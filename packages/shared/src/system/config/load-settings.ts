/** The settings, or an error that tells the operator all that is wrong. */
import type { Settings } from '../settings.ts';
import { formatFault } from './findings.ts';
import type { Fault } from './findings.ts';
import { readConfig } from './read-config.ts';
import type { ConfigSource } from './read-config.ts';

/** The configuration cannot be used. The message lists every fault with its fix. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly faults: readonly Fault[];

  constructor(file: string, faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super([`${file}: ${count}`, ...faults.map(formatFault)].join('\n'));
    this.faults = faults;
  }
}

/**
 * @param warn gets what is no fault but should be looked at
 * @throws ConfigError when there is a fault
 */
export function loadSettings(source: ConfigSource, warn: (warning: Fault) => void = () => {}): Settings {
  const { settings, faults, warnings } = readConfig(source);
  warnings.forEach(warn);
  if (!settings) throw new ConfigError(source.file, faults);
  return settings;
}

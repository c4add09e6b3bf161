/** The settings, or an error that tells the operator all that is wrong. */
import type { Settings } from '../settings.ts';
import { formatFault } from '../schema/findings.ts';
import type { Fault } from '../schema/findings.ts';
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

/**
 * Settings for a command that asks the gateways, which need nothing of the file but where they are: faults elsewhere are
 * passed to `warn` as one text, because the gateways run on with what they read before.
 * @throws ConfigError when a fault concerns a key that says where the gateways are
 */
export function loadReachable(source: ConfigSource, warn: (text: string) => void): Settings {
  const { settings, reachable, faults } = readConfig(source);
  if (settings) return settings;
  const error = new ConfigError(source.file, faults);
  if (!reachable) throw error;
  warn(
    `${error.message}\nThis command goes on without these keys. A gateway would not start with this file.`,
  );
  return reachable;
}

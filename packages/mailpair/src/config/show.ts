/** `mailpair config show`: shows the values in effect and their sources. */
import { restartsOf } from '@mailpair/shared/config/keys';
import type { KeyPath } from '@mailpair/shared/config/keys';
import { describe, maskPasswords, plain } from '@mailpair/shared/config/schema/findings';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import type { EffectiveKey } from '@mailpair/shared/config/read/read-config';
import type { Verb } from '../framework/verb.ts';

export const configShow: Verb = {
  usage: 'config show [KEY …]',
  help: `
Prints a line for each key: its name, its value, and whether that is the default or comes from the
file (with the line), a MAILPAIR_… variable or --set; and which gateways apply a change of it only
when they are restarted. Passwords are never shown: they are in separate files. Names of keys
or groups after the verb narrow the list.

Examples:
  mailpair config show
  mailpair config show smtp queue.expire
  mailpair config show --json outbound

Exit: 0 shown, 1 shown but the configuration has faults (see "mailpair config check").
`,
  run({ config: file, sets, json, operands }, io) {
    const { effective, faults } = readConfig({ file, sets, env: io.env });
    const wanted = effective.filter(
      ({ path }) => operands.length === 0 || operands.some((name) => isIn(path, name)),
    );
    if (json) io.out(JSON.stringify(Object.fromEntries(wanted.map(entryOf)), null, 2));
    else if (wanted.length > 0) io.out(table(wanted));
    if (faults.length > 0) {
      io.err(`${file} has faults; "mailpair config check --config ${file}" reports them with their fixes`);
      return Promise.resolve(1);
    }
    if (wanted.length === 0) throw new Error(`no key or group is named ${operands.join(' or ')}`);
    return Promise.resolve(0);
  },
};

const isIn = (path: string, name: string): boolean => path === name || path.startsWith(`${name}.`);

function entryOf({ path, raw, layer, from }: EffectiveKey): [string, object] {
  const value: unknown = JSON.parse(maskPasswords(JSON.stringify(plain(raw))));
  return [path, { value, layer, from, restart: restartsOf(path) }];
}

function restartNote(path: KeyPath): string {
  const roles = restartsOf(path);
  return roles.length > 0 ? `; needs a restart of ${roles.join(' and ')}` : '';
}

function table(keys: readonly EffectiveKey[]): string {
  const rows = keys.map(
    ({ path, raw, from }) => [path, raw === null ? 'none' : describe(raw), from + restartNote(path)] as const,
  );
  const width = (column: 0 | 1) => Math.min(60, Math.max(...rows.map((row) => row[column].length)));
  const [names, values] = [width(0), width(1)];
  return rows
    .map(([name, value, from]) => `${name.padEnd(names)}  ${value.padEnd(values)}  ${from}`)
    .join('\n');
}

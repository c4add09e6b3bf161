/** `mailpair config check`: reports every fault of the configuration at once. */
import { roleNames, type RoleName } from '@mailpair/shared/platform/values/role-name';
import { checkDkimKeys } from '@mailpair/shared/config/read/dkim-checks';
import { formatFault } from '@mailpair/shared/config/schema/findings';
import type { Fault } from '@mailpair/shared/config/schema/findings';
import { readConfig } from '@mailpair/shared/config/read/read-config';
import { sharedSpools } from '@mailpair/shared/config/sections/both-roles';
import { becomeOwnerOf, isRoot } from '@mailpair/shared/platform/process/privileges';
import { realPath } from '@mailpair/shared/platform/files/real-path';
import type { Settings } from '@mailpair/shared/config/settings';
import { choiceOption, expectOperands } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const configCheck: Verb = {
  usage: 'config check [--role inbound|outbound]',
  options: { role: { type: 'string' } },
  help: `
Reads the configuration as the gateways do: defaults, under the file, under MAILPAIR_… variables,
under --set. Prints "FILE: ok", or every fault with its key, the value seen and what to write.

One file describes the pair, so some of the files it names exist on one host only. With --role the
files that this gateway opens must be there; without it, missing files are warnings. Warnings go to
stderr and leave the answer "ok". A DKIM key that cannot be read is a fault here; a gateway starts
without it and reports that.

Run by root, it reads the files as the owner of the spool, the account of the gateway: a key that this
account cannot read is reported with its owner, its mode and the commands that let the account read it.

  --role ROLE        check as this gateway would at its start

Examples:
  mailpair config check
  mailpair config check --role outbound --config /etc/mailpair/mailpair.yaml
  mailpair config check --set smtp.maxMessage=25MB
  mailpair config check --json | jq -r '.faults[] | .path + ": " + .fix'

Exit: 0 no fault, 1 faults, 2 usage.
`,
  run(args, io) {
    expectOperands(args, 0, 0);
    const role = choiceOption(args, 'role', roleNames);
    const { config: file, sets, json } = args;
    const source = { file, sets, env: io.env };
    if (isRoot()) becomeAccountOf(readConfig(source).reachable, role);
    const reading = readConfig({ ...source, ...(role && { role }) });
    const dkim = reading.settings ? checkDkimKeys(reading.settings) : { faults: [], warnings: [] };
    const shared = reading.settings ? sharedSpools(reading.settings, realPath) : [];
    const faults = [...reading.faults, ...shared, ...(role ? dkim.faults : [])];
    const warnings = [...reading.warnings, ...(role ? [] : dkim.faults), ...dkim.warnings];
    const ok = faults.length === 0;
    if (json) {
      io.out(JSON.stringify({ file, ok, faults, warnings }, null, 2));
    } else {
      if (warnings.length > 0) io.err(list(`${file}: ${numberOf(warnings, 'warning')}`, warnings));
      io.out(ok ? `${file}: ok` : list(`${file}: ${numberOf(faults, 'fault')}`, faults));
    }
    return Promise.resolve(ok ? 0 : 1);
  },
};

/**
 * Root can read every file, so the process changes to the account of the gateway to check what that account
 * can read. Without valid settings the account is unknown.
 */
function becomeAccountOf(settings: Settings | undefined, role: RoleName | undefined): void {
  if (settings) becomeOwnerOf((role ? [role] : roleNames).map((name) => settings[name].spool));
}

const numberOf = ({ length }: readonly Fault[], what: string): string =>
  `${length} ${what}${length === 1 ? '' : 's'}`;

const list = (title: string, faults: readonly Fault[]): string =>
  [title, ...faults.map(formatFault)].join('\n');

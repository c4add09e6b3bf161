/** The command line of a gateway: `inbound-gateway`, `outbound-gateway`. */
import { parseArgs } from 'node:util';
import type { LoadOperatorApi } from './carry.ts';
import type { Role } from './role.ts';
import { packageVersion } from '../../platform/process/package-version.ts';
import { createLog } from '../../platform/log/log.ts';
import { isRoot } from '../../platform/process/privileges.ts';
import { superviseWorkers, workersToSupervise } from '../workers/supervisor-process.ts';

const DEFAULT_CONFIG = '/etc/mailpair/mailpair.yaml';

/** What is installed is compiled (see docs/decisions/0002). */
const isFromCheckout = import.meta.url.endsWith('.ts');

/** Runs until a signal ends it. Exits 2 with the reason on stderr when it cannot start. */
export async function runGateway(role: Role, about: string, operatorApi: LoadOperatorApi): Promise<void> {
  const command = `${role.name}-gateway`;
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2).filter((word) => word !== '--'),
      options: {
        config: { type: 'string', default: process.env['MAILPAIR_CONFIG'] || DEFAULT_CONFIG },
        set: { type: 'string', multiple: true, default: [] },
        'allow-root': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(helpText(command, about));
      return;
    }
    if (values.version) {
      process.stdout.write(`${packageVersion()}\n`);
      return;
    }
    const root = judgeRoot({ isRoot: isRoot(), isAllowed: values['allow-root'], isFromCheckout });
    if (root === 'refuse') throw new Error(`does not run as root: ${notAsRoot(role.name)}`);
    const workers = workersToSupervise();
    if (workers > 0) {
      process.title = `mailpair: ${role.name} supervisor`;
      superviseWorkers(workers, createLog({ role: role.name, level: 'info' }));
      return;
    }
    const { carryMail } = await import('./carry.ts');
    await carryMail(role, {
      file: values.config,
      sets: values.set,
      operatorApi,
      ...(root === 'warn' && { warning: notAsRoot(role.name) }),
    });
  } catch (error) {
    process.stderr.write(`${command}: ${(error as Error).message}\n`);
    if (process.env['MAILPAIR_DEBUG']) process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(2);
  }
}

/** Whether a gateway may run as the account that starts it. */
export function judgeRoot(of: {
  readonly isRoot: boolean;
  readonly isAllowed: boolean;
  readonly isFromCheckout: boolean;
}): 'run' | 'warn' | 'refuse' {
  if (!of.isRoot || of.isAllowed) return 'run';
  return of.isFromCheckout ? 'warn' : 'refuse';
}

const notAsRoot = (role: string): string =>
  `start it as the account that owns its spool, as the unit mailpair-${role}.service does, or by setpriv ` +
  '("Install without systemd" in docs/operations.md); --allow-root is for containers that are thrown away';

const helpText = (command: string, about: string): string => `${command} — ${about}

Usage: ${command} [--config FILE] [--set key=value]...

  --config FILE    the pair's configuration (default ${DEFAULT_CONFIG}, or $MAILPAIR_CONFIG)
  --set key=value  overrides one key, as often as needed: --set log.level=debug
  --allow-root     run as root all the same, in a container that is thrown away
  --version        the version of this package
  --help           this text

It runs in the foreground and logs one JSON line per event on stdout.
SIGTERM drains and stops, SIGHUP reads the configuration again without dropping a session.

First:   mailpair config check --config FILE
Then:    mailpair queue list, mailpair status, mailpair dns plan
`;

/** The command line of a gateway: `inbound-gateway`, `outbound-gateway`. */
import { parseArgs } from 'node:util';
import type { Role } from './gateway/role.ts';
import { createLog } from './system/log.ts';
import { superviseWorkers, workersToSupervise } from './workers/supervisor-process.ts';

const DEFAULT_CONFIG = '/etc/mailpair/mailpair.yaml';

/** Runs until a signal ends it. Exits 2 with the reason on stderr when it cannot start. */
export async function runGateway(role: Role, about: string): Promise<void> {
  const command = `${role.name}-gateway`;
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2).filter((word) => word !== '--'),
      options: {
        config: { type: 'string', default: process.env['MAILPAIR_CONFIG'] || DEFAULT_CONFIG },
        set: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(helpText(command, about));
      return;
    }
    const workers = workersToSupervise();
    if (workers > 0) {
      superviseWorkers(workers, createLog({ role: role.name, level: 'info' }));
      return;
    }
    const { carryMail } = await import('./gateway/carry.ts');
    await carryMail(role, { file: values.config, sets: values.set });
  } catch (error) {
    process.stderr.write(`${command}: ${(error as Error).message}\n`);
    if (process.env['MAILPAIR_DEBUG']) process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(2);
  }
}

const helpText = (command: string, about: string): string => `${command} — ${about}

Usage: ${command} [--config FILE] [--set key=value]...

  --config FILE    the pair's configuration (default ${DEFAULT_CONFIG}, or $MAILPAIR_CONFIG)
  --set key=value  overrides one key, as often as needed: --set log.level=debug
  --help           this text

It runs in the foreground and logs one JSON line per event on stdout.
SIGTERM drains and stops, SIGHUP reads the configuration again without dropping a session.

First:   mailpair config check --config FILE
Then:    mailpair queue list, mailpair status, mailpair dns plan
`;

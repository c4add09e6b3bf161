/** The command line of a gateway: `inbound-gateway`, `outbound-gateway`. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { hostOf, type Role } from './role.ts';
import { loadSettings } from './system/config/load-settings.ts';
import { superviseProcess } from './system/lifecycle.ts';
import { createLog } from './system/log.ts';
import { workersOf } from './workers/slot.ts';
import { superviseWorkers } from './workers/supervise.ts';
import { onlyWorker, thisWorker } from './workers/worker.ts';

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
    let drain = (): void => process.exit(0);
    const worker = thisWorker(() => drain());
    const log = createLog({ role: role.name, level: 'info', worker: worker?.slot.number });
    const load = () => {
      const settings = loadSettings(
        { file: values.config, env: process.env, sets: values.set, role: role.name },
        (warning) => log.warn('config.warning', warning),
      );
      log.setLevel(settings.log.level);
      return settings;
    };
    const settings = load();
    const workers = workersOf(hostOf(role, settings, hostname()).workers);
    let { shutdownTimeoutMs } = settings;
    if (!worker && workers > 1) {
      superviseWorkers(workers, log, () => shutdownTimeoutMs);
      return;
    }
    const { openGateway } = await import('./gateway.ts');
    const gateway = await openGateway(
      role,
      () => {
        const settings = load();
        ({ shutdownTimeoutMs } = settings);
        return settings;
      },
      log,
      worker ?? onlyWorker,
    );
    const stop = superviseProcess(gateway, log, () => shutdownTimeoutMs);
    drain = () => stop('supervisor gone');
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

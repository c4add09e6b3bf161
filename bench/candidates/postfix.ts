/**
 * Postfix, as the Debian package installs it, with a configuration, queue and data directory of its own beside
 * whatever Postfix the machine runs, which it does not touch.
 *
 * Where it could cost Postfix something that Mailpair does not do, Postfix is spared it: no DNS, no alias and
 * recipient maps, no chroot, no TLS. What both do is asked of both: it logs to a file, by its own postlogd.
 */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePorts } from '../../test/support/ports.ts';
import type { Candidate, Place, RunningCandidate } from '../candidate.ts';
import { atEnd } from '../endings.ts';
import { outsideObstacle } from '../outside-address.ts';
import { cpuMsOf, memoryOf } from '../process-tree.ts';
import {
  endOf,
  endTree,
  killDescendants,
  outputOf,
  pathOf,
  startProgram,
  untilGreeting,
} from '../program.ts';
import { rspamdObstacle, rspamdVersion, startRspamd } from './rspamd.ts';
import { composeMainCf, composeMasterCf } from './postfix-config.ts';

const shared = { isReference: true, isNode: false, idleConnections: 500, version, obstacle } as const;

/** smtpd(8) hands each message to the sink before its own 250. */
export const postfixRelay: Candidate = {
  ...shared,
  name: 'Postfix before-queue proxy',
  kind: 'relay',
  recipient: 'user@hosted.example',
  start: (place) => startPostfix(place, [`-o smtpd_proxy_filter=127.0.0.1:${place.sinkPort}`]),
};

/** cleanup(8) puts each message into the queue before smtpd's 250; qmgr(8) and smtp(8) send it to the sink. */
export const postfixQueue: Candidate = {
  ...shared,
  name: 'Postfix queue',
  kind: 'queue',
  recipient: 'user@elsewhere.example',
  start: (place) => startPostfix(place, []),
};

/** As the manual of rspamd has it: a milter of smtpd(8), then the queue. */
export const postfixRspamd: Candidate = {
  ...shared,
  name: 'Postfix queue with rspamd',
  kind: 'judged',
  recipient: 'user@hosted.example',
  version: () => `${version()}, rspamd ${rspamdVersion()}`,
  obstacle: () => obstacle() ?? rspamdObstacle() ?? outsideObstacle(),
  async start(place) {
    const rspamd = await startRspamd(join(dirname(place.directory), 'rspamd'), place.world!);
    const postfix = await startPostfix(place, [`-o smtpd_milters=inet:127.0.0.1:${rspamd.milterPort}`]);
    return {
      port: postfix.port,
      cpuMs: () => postfix.cpuMs() + rspamd.cpuMs(),
      memory: () => [...postfix.memory(), ...rspamd.memory()],
      judgedBy: rspamd.judgedBy,
      lastWords: () => postfix.lastWords() + rspamd.lastWords(),
      async stop() {
        await postfix.stop();
        await rspamd.stop();
      },
    };
  },
};

function obstacle(): string | null {
  if (pathOf('postfix') === null) return 'Postfix is missing: apt-get install postfix';
  if (process.getuid?.() !== 0) return 'only root can start Postfix: run the bench as root';
  return null;
}

function version(): string {
  return `Postfix ${outputOf('postconf', '-d', '-h', 'mail_version')}`;
}

async function startPostfix(place: Place, smtpdOptions: readonly string[]): Promise<RunningCandidate> {
  const [port = 0] = await freePorts(1);
  const at = (path: string): string => join(place.directory, path);
  await furnish(place, port, smtpdOptions);

  const output = at('said');
  const lastWords = (): string => endOf(output) + endOf(at('maillog'));
  const words = [...place.under, pathOf('postfix') ?? 'postfix', '-c', at('etc'), 'start'];
  const starter = await startProgram(words, { output });
  const master = (): number => Number(endOf(at('queue/pid/master.pid')));
  const stop = atEnd(async () => {
    // Interrupted at the start, its scripts would go on to start a master(8).
    await killDescendants(starter.pid);
    await endTree(master());
    await starter.stop();
  });
  await untilGreeting(
    port,
    () => typeof starter.ended === 'number' && starter.ended !== 0,
    lastWords,
    place.host,
  );
  return {
    port,
    cpuMs: () => cpuMsOf(master()),
    memory: () => memoryOf(master()),
    lastWords,
    stop,
  };
}

async function furnish(place: Place, port: number, smtpdOptions: readonly string[]): Promise<void> {
  const { directory, host } = place;
  const at = (path: string): string => join(directory, path);
  for (const path of ['etc', 'queue', 'data']) await mkdir(at(path), { recursive: true });
  await chmod(directory, 0o755);
  execFileSync('chown', ['postfix', at('data')]);
  await writeFile(at('etc/main.cf'), composeMainCf(place));
  await writeFile(at('etc/master.cf'), composeMasterCf(host, port, smtpdOptions));
}

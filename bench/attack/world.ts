/** Both gateways as shipped, one worker each, with a DNS, a sink for what they hand on, and one submitter. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashPassword } from '@mailpair/shared/config/passwords';
import { reverseName } from '@mailpair/shared/platform/dns/reverse-name';
import type { MessageRecord } from '@mailpair/shared/filter/pipeline/record';
import { recordsIn } from '@mailpair/shared/filter/pipeline/record-line';
import { startDns } from '../../test/support/dns-server.ts';
import { freePorts } from '../../test/support/ports.ts';
import { writeCertificate } from '../certificate.ts';
import { atEnd, temporaryDirectory } from '../endings.ts';
import { openSink } from '../load/sink.ts';
import { endOf, startProgram, untilGreeting } from '../program.ts';
import { GATEWAY, legitimateAddress, takeOutsideNetwork } from './outside-network.ts';

export interface World {
  readonly mxPort: number;
  readonly submissionPort: number;
  readonly httpPort: number;
  /** Messages of a sender that were judged since a time. */
  judged(sender: string, since: number): Promise<MessageRecord[]>;
  close(): Promise<void>;
}

const checkout = join(import.meta.dirname, '../..');
const LEGITIMATE = 200;

export async function openWorld(): Promise<World> {
  takeOutsideNetwork();
  const { path: directory, remove } = await temporaryDirectory();
  const sink = await openSink(directory);
  const dns = await startDns(zone());
  const forgetDns = atEnd(() => dns.close());
  const [mxPort = 0, submissionPort = 0, httpPort = 0, otherHttpPort = 0] = await freePorts(4);
  await writeFile(join(directory, 'users'), `user:${await hashPassword('right')}\n`, { mode: 0o600 });
  await mkdir(join(directory, 'dkim'));
  const file = join(directory, 'mailpair.yaml');
  const certificate = await writeCertificate(directory);
  const ports = { mxPort, submissionPort, httpPort, otherHttpPort, sinkPort: sink.port };
  await writeFile(file, composeConfig({ ...ports, directory, dns: dns.address, certificate }));
  const programs = [await start('inbound', file, directory), await start('outbound', file, directory)];
  const log = (role: string): string => endOf(join(directory, `${role}.log`));
  await untilGreeting(
    mxPort,
    () => programs[0]!.ended !== undefined,
    () => log('inbound'),
    GATEWAY,
  );
  await untilHttp(
    otherHttpPort,
    () => programs[1]!.ended !== undefined,
    () => log('outbound'),
  );
  return {
    mxPort,
    submissionPort,
    httpPort,
    judged: (sender, since) => judgedIn(directory, sender, since),
    async close() {
      for (const program of programs) await program.stop();
      await forgetDns();
      await sink.stop();
      await remove();
    },
  };
}

const start = (role: 'inbound' | 'outbound', file: string, directory: string) =>
  startProgram([process.execPath, join(checkout, `packages/${role}-gateway/src/main.ts`), '--config', file], {
    output: join(directory, `${role}.log`),
  });

/** The submission listener speaks TLS, so it is asked elsewhere whether the gateway is there. */
async function untilHttp(port: number, hasEnded: () => boolean, said: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (hasEnded()) break;
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the outbound gateway does not come up. It said:\n${said()}`);
}

/** What makes the legitimate client a usual one: names in DNS, and SPF that permits it. */
function zone(): Parameters<typeof startDns>[0] {
  const clients = Array.from({ length: LEGITIMATE }, (_, number) => legitimateAddress(number));
  return {
    'sender.example': {
      TXT: ['v=spf1 ip4:198.18.0.0/16 -all'],
      MX: [[10, 'client.example']],
      A: ['198.18.0.25'],
    },
    'client.example': { A: clients.slice(0, 20) },
    'attacker.example': { A: ['198.19.0.66'], MX: [[10, 'attacker.example']] },
    ...Object.fromEntries(clients.map((address) => [reverseName(address), { PTR: ['client.example'] }])),
  };
}

interface ConfigParts {
  readonly directory: string;
  readonly dns: string;
  readonly certificate: object;
  readonly mxPort: number;
  readonly submissionPort: number;
  readonly httpPort: number;
  readonly otherHttpPort: number;
  readonly sinkPort: number;
}

const composeConfig = (parts: ConfigParts): string => `domains: [hosted.example]
dns: { servers: ["${parts.dns}"] }
dkim: { keys: ${join(parts.directory, 'dkim')} }
tls: ${JSON.stringify(parts.certificate)}
inbound:
  host: mx-in.hosted.example
  addresses: [192.0.2.10]
  listen: ["${GATEWAY}:${parts.mxPort}"]
  spool: ${join(parts.directory, 'spool-inbound')}
  http: 127.0.0.1:${parts.httpPort}
  workers: 1
outbound:
  host: mx-out.hosted.example
  addresses: [192.0.2.20]
  listen: { submission: [{ address: "${GATEWAY}:${parts.submissionPort}", tls: implicit }], mx: [] }
  users: ${join(parts.directory, 'users')}
  spool: ${join(parts.directory, 'spool-outbound')}
  http: 127.0.0.1:${parts.otherHttpPort}
  workers: 1
localServers: ["127.0.0.1:${parts.sinkPort}"]
recipients: { verify: none }
submitters: { domains: ["*"], limited: none }
routes: { "*": "smtp://127.0.0.1:${parts.sinkPort}" }
`;

async function judgedIn(directory: string, sender: string, since: number): Promise<MessageRecord[]> {
  const found: MessageRecord[] = [];
  for (const spool of ['spool-inbound', 'spool-outbound']) {
    const folder = join(directory, spool, 'records', 'messages');
    for (const name of await readdir(folder).catch(() => []))
      for (const line of (await readFile(join(folder, name), 'utf8')).split('\n'))
        for (const record of recordsIn(line))
          if (record.kind === 'message' && record.at >= since && record.facts.reversePath === sender)
            found.push(record);
  }
  return found;
}

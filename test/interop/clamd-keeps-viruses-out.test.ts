import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { attach, forward, gzip, tar, zip, type NamedFile } from '../support/containers.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { skipBecause } from '../support/skip.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { openClamd, type EngineProcess } from './engine-process.ts';
import { needProgram } from './programs.ts';

/** Of Debian's clamav-testfiles: one harmless program in every wrapping that ClamAV opens. */
const testFiles = '/usr/share/clamav-testfiles';
/** Written in two, so that nobody takes this file for it. */
const eicar = Buffer.from(
  String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*',
);
const harmless: NamedFile = {
  name: 'report.txt',
  octets: Buffer.from('Nothing to see here.\r\n'.repeat(100)),
};

/** How a file comes by mail. */
const wrappings: Readonly<Record<string, (file: NamedFile) => Buffer>> = {
  attached: (file) => attach(file),
  'in a zip': (file) => attach(zip(file)),
  'in a zip in a zip': (file) => attach(zip(zip(file))),
  'in a zip in a zip in a zip': (file) => attach(zip(zip(zip(file)))),
  'in a gz': (file) => attach(gzip(file)),
  'in a tar': (file) => attach(tar(file)),
  'in a tar.gz': (file) => attach(gzip(tar(file))),
  'in a tar in a zip': (file) => attach(zip(tar(file))),
  'in a message in a message': (file) => forward(attach(file)),
  'in a zip in a message in a message': (file) => forward(attach(zip(file))),
};

describe('clamd keeps viruses out', () => {
  let clamd: EngineProcess;
  let pair: Pair;
  let client: SmtpClient;
  const open: { close(): unknown }[] = [];

  before(async function () {
    needProgram(this, 'clamd');
    const program = join(testFiles, 'clam.exe');
    if (!existsSync(program))
      skipBecause(this, `${testFiles} is missing; install it with: apt-get install clamav-testfiles`);
    clamd = await openClamd({
      config: 'StreamMaxLength 4M\nAlertExceedsMax yes\nAlertEncryptedArchive yes\n',
      knows: { 'ClamAV-Test-File': readFileSync(program) },
      knowsStarts: { 'Eicar-Test-Signature': eicar },
    });
    open.push(clamd);
    pair = await openPair({
      config: {
        'clamav.servers': [clamd.server],
        'clamav.retest': '200ms',
        'clamav.maxSize': '25MB',
        // What clamd says of it is asked for, not what the gateway says itself.
        'attachments.unopened': 'accept',
        'limits.errors': 10_000,
      },
    });
    open.push(pair);
    client = await SmtpClient.connect(pair.mxIn);
    open.push({ close: () => client.destroy() });
    await client.greeting;
    await client.say('EHLO mail.sender.test');
  });
  after(async () => {
    for (const each of open.toReversed()) await each.close();
  });

  async function send(message: Buffer): Promise<string> {
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.com>');
    const { code, text } = await client.data(message);
    return `${code} ${text}`;
  }

  const quarantined = (): { id: string; reason: string }[] =>
    pair.inbound
      .logged('message.quarantined')
      .map(({ id, reason }) => ({ id: String(id), reason: String(reason) }));

  it('whatever they are wrapped in: EICAR, and every file of clamav-testfiles', async () => {
    const names = readdirSync(testFiles);
    expect(names.length).to.be.above(40);
    const files = names.map((name) => ({ name, octets: readFileSync(join(testFiles, name)) }));
    const taken: { name: string; id: string }[] = [];
    for (const file of [{ name: 'eicar.com', octets: eicar }, ...files])
      for (const [how, wrap] of Object.entries(wrappings)) {
        const reply = await send(wrap(file));
        const [, id] = /^250 .* as (\w+)/.exec(reply) ?? [];
        if (id !== undefined) taken.push({ name: `${file.name} ${how}`, id });
        else expect(reply).to.match(/^550.*malware/s);
      }
    await pair.inbound.until(() => quarantined().length >= taken.length);
    const kept = new Set(quarantined().map(({ id }) => id));
    expect(taken.filter(({ id }) => !kept.has(id))).to.deep.equal([]);
    // One archive goes deeper than MaxRecursion, which AlertExceedsMax makes suspicious.
    expect(new Set(taken.map(({ name }) => name.split(' ')[0]))).to.deep.equal(
      new Set(['clam_cache_emax.tgz']),
    );
    expect(quarantined()[0]?.reason).to.include('Heuristics.Limits.Exceeded.MaxRecursion');
  });

  it('and nothing else', async () => {
    for (const wrap of Object.values(wrappings)) expect(await send(wrap(harmless))).to.match(/^250/);
  });

  it('though the message begins like something that is no mail', async () => {
    const message = attach({ name: 'eicar.com', octets: eicar });
    for (const field of ['MZ: x', '%PDF-1.4: x', 'PK\x03\x04: x', 'X-Long: '.padEnd(5_000, 'a')])
      expect(await send(Buffer.concat([Buffer.from(`${field}\r\n`), message]))).to.match(/^550/);
  });

  it('what it cannot open is kept in quarantine, as is what is too big for it', async () => {
    const [before, keptBefore] = [pair.local.deliveries.length, quarantined().length];
    const encrypted = attach(zip({ name: 'eicar.com', octets: eicar }, { encrypted: true }), 'encrypted');
    expect(await send(encrypted)).to.match(/^250/);
    const large = { name: 'large.bin', octets: Buffer.alloc(4_000_000, 'abc\n') };
    expect(await send(attach(large, 'large'))).to.match(/^250/);
    await pair.inbound.until(() => quarantined().length === keptBefore + 2);
    const reasons = quarantined()
      .slice(keptBefore)
      .map(({ reason }) => reason);
    expect(reasons[0]).to.include('virus.suspicious: clamd at').and.include('Heuristics.Encrypted.Zip');
    expect(reasons[1]).to.include('virus.unscanned: not scanned').and.include('StreamMaxLength');
    expect(pair.local.deliveries.length).to.equal(before);
  });

  it('without clamd mail waits and nobody stands still, and with it again all is as before', async () => {
    await clamd.stop();
    const infected = attach({ name: 'eicar.com', octets: eicar });
    const from = performance.now();
    for (let i = 0; i < 5; i += 1)
      expect(await send(i % 2 === 0 ? infected : attach(harmless))).to.match(/^451.*cannot be checked/s);
    expect(performance.now() - from).to.be.below(5_000);
    await clamd.start();
    await pair.inbound.until(({ event }) => event === 'engine.up');
    expect(await send(infected)).to.match(/^550/);
    expect(await send(attach(harmless))).to.match(/^250/);
  });
});

/**
 * `dns verify` against a real BIND that holds the zone printed by `dns plan`, with both gateways running and the MTA-STS
 * policy served: as planned it says so; each deliberate mistake is named, and nothing else; who cannot be asked is told.
 */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { checkout } from '../support/checkout.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { needBind, openBind } from './bind-instance.ts';
import { mistakes, same, type Mistake } from './dns-mistakes.ts';
import { runMailpair } from './mailpair-command.ts';
import type { NameServer } from './name-server.ts';

interface Verdict {
  readonly code: number;
  readonly answer: string;
  /** Codes of the faults, sorted, each once. */
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
  readonly unasked: readonly { readonly who: string; readonly why: string }[];
  readonly text: string;
}

describe('dns verify, asking BIND that holds the printed zone', () => {
  let directory: string;
  let pair: Pair;
  let configFile = '';
  let policy = '';
  let plan = '';
  let detours: string[];
  const named: NameServer[] = [];
  const closers: (() => unknown)[] = [];

  before(async function () {
    needBind(this);
    directory = mkdtempSync(join(tmpdir(), 'mailpair-dns-verify-'));
    closers.push(() => rmSync(directory, { recursive: true }));
    const at = (name: string): string => join(directory, name);
    const names = ['mx-in.example.com', 'mx-out.example.com', 'mta-sts.example.com'];
    const { cert, key } = await selfSigned(names);
    writeFileSync(at('cert.pem'), cert);
    writeFileSync(at('key.pem'), key);
    mkdirSync(at('dkim/example.com'), { recursive: true });
    writeFileSync(at('dkim/example.com/gw1.pem'), privateKey());
    const since = new Date().toISOString();
    writeFileSync(at('dkim/example.com/selectors.json'), JSON.stringify({ active: { gw1: since } }));
    const opened = await openPair({
      config: {
        'inbound.addresses': ['192.0.2.10', '2001:db8::10'],
        'outbound.addresses': ['192.0.2.20'],
        'tls.certFile': at('cert.pem'),
        'tls.keyFile': at('key.pem'),
        'dkim.keys': at('dkim'),
        'publish.mtaSts.host': 'www.example.com',
        'publish.tlsRpt.rua': ['tls@example.com'],
        'publish.dmarc.rua': ['dmarc@example.com'],
        'publish.caa': ['ca.example'],
      },
    });
    pair = opened;
    closers.unshift(() => opened.close());
    configFile = at('mailpair.yaml');
    copyFileSync(pair.configFile, configFile);
    plan = runMailpair('dns', 'plan', '--config', configFile);
    policy = runMailpair('dns', 'plan', '--policy', '--config', configFile);
    const web = https.createServer({ cert, key }, (_, response) =>
      response.setHeader('content-type', 'text/plain').end(policy),
    );
    closers.unshift(() => web.close());
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    detours = [
      `mx-in.example.com:25=127.0.0.1:${pair.mxIn.port}`,
      `mx-out.example.com:25=127.0.0.1:${pair.mxOut.port}`,
      `mta-sts.example.com:443=127.0.0.1:${(web.address() as AddressInfo).port}`,
    ];
  });

  after(async () => {
    for (const close of closers) await close();
  });

  afterEach(async () => {
    await Promise.all(named.splice(0).map((server) => server.close()));
  });

  const ours = (text: string): string => `${text}\nwww.example.com. 300 IN A 192.0.2.80\n`;

  /** BIND with the plan's records, and with those of the PTR requests in the zones of the addresses. */
  async function bindWith({ zone = same, reverse = same }: Mistake = {}, frame = ''): Promise<NameServer> {
    const requests = plan.split('\n').flatMap((line) => /^; (\S+\tIN\tPTR\t.*)$/.exec(line)?.[1] ?? []);
    const requestsIn = (name: string): string =>
      requests.filter((line) => line.includes(`${name}.`)).join('\n');
    const server = await openBind({
      zones: [
        { name: 'example.com', records: frame + zone(ours(plan)) },
        { name: '2.0.192.in-addr.arpa', records: reverse(requestsIn('2.0.192.in-addr.arpa')) },
        { name: '8.b.d.0.1.0.0.2.ip6.arpa', records: requestsIn('8.b.d.0.1.0.0.2.ip6.arpa') },
      ],
    });
    named.push(server);
    return server;
  }

  function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const main = join(checkout, 'packages/mailpair/src/main.ts');
    const words = [main, 'dns', 'verify', '--config', configFile, ...args];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(directory, 'cert.pem') };
    return new Promise((resolve) => {
      execFile(process.execPath, words, { env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  async function verify(...args: readonly string[]): Promise<Verdict> {
    const all = ['--json', ...detours.flatMap((detour) => ['--connect', detour]), ...args];
    const { code, out, err } = await run(all);
    if (out === '') throw new Error(err);
    const { answer, findings, unasked } = JSON.parse(out) as {
      answer: string;
      findings: { severity: string; code: string }[];
      unasked: Verdict['unasked'];
    };
    const codes = (severity: string): string[] => [
      ...new Set(findings.filter((each) => each.severity === severity).map((each) => each.code)),
    ];
    return { code, answer, faults: codes('fault').sort(), remarks: codes('remark'), unasked, text: out };
  }

  async function verifyWith(mistake: Mistake): Promise<Verdict> {
    const server = await bindWith(mistake);
    return verify(
      '--resolver',
      server.address,
      '--set',
      `dns.servers=${server.address}`,
      ...(mistake.args ?? []),
    );
  }

  it('exits 0 and says that all is as planned', async () => {
    const { text, ...verdict } = await verifyWith({});
    expect(verdict, text).to.deep.equal({
      code: 0,
      answer: 'same',
      faults: [],
      // BIND holds the zone as it is printed, unsigned.
      remarks: ['tlsa-without-dnssec'],
      unasked: [],
    });
  });

  for (const [title, codes, mistake] of mistakes)
    it(`names ${title}, and exits 1`, async () => {
      const { code, answer, faults, text } = await verifyWith(mistake);
      expect({ code, answer, faults }, text).to.deep.equal({ code: 1, answer: 'different', faults: codes });
    });

  it('names a policy that lacks the second MX, and exits 1', async () => {
    const planned = policy;
    policy = planned.replace('mx: mx-out.example.com\r\n', '').replace('mx: mx-out.example.com\n', '');
    expect(policy).not.to.equal(planned);
    const { code, faults } = await verifyWith({}).finally(() => (policy = planned));
    expect({ code, faults }).to.deep.equal({ code: 1, faults: ['mta-sts-lacks-host'] });
  });

  it('names a host behind the address of another, and exits 1', async () => {
    const { code, faults } = await verifyWith({
      args: ['--connect', `mx-out.example.com:25=127.0.0.1:${pair.mxIn.port}`],
    });
    expect({ code, faults }).to.deep.equal({ code: 1, faults: ['greeting-name'] });
  });

  it('names a certificate that does not cover the MX name, and exits 1', async () => {
    const { cert, key } = await selfSigned(['elsewhere.example.com']);
    writeFileSync(join(directory, 'other.pem'), `${cert}\n${key}`);
    const other = join(directory, 'other.pem');
    pair.configure({ 'tls.certFile': other, 'tls.keyFile': other });
    await pair.outbound.stop();
    await pair.outbound.start();
    const { code, faults, text } = await verifyWith({});
    expect({ code, faults }, text).to.deep.equal({ code: 1, faults: ['certificate-name', 'tlsa-mismatch'] });
    pair.configure({
      'tls.certFile': join(directory, 'cert.pem'),
      'tls.keyFile': join(directory, 'key.pem'),
    });
    await pair.outbound.stop();
    await pair.outbound.start();
  });

  describe('through the name servers of the zone', () => {
    const frame = 'example.com. 3600 IN NS ns2.example.com.\nns2.example.com. 3600 IN A 127.0.0.2\n';

    const verifyAt = (first: NameServer, second: NameServer): Promise<Verdict> =>
      verify(
        ...['--set', `dns.servers=${first.address}`],
        ...['--connect', `ns1.example.com:53=${first.address}`],
        ...['--connect', `ns2.example.com:53=${second.address}`],
      );

    it('exits 0 when both say what is planned', async () => {
      const verdict = await verifyAt(await bindWith({}, frame), await bindWith({}, frame));
      expect(verdict, verdict.text).to.include({ code: 0, answer: 'same' });
      expect(verdict.unasked).to.deep.equal([]);
    });

    it('names those that disagree, and exits 1', async () => {
      const stale = await bindWith(
        { zone: (text) => text.replace('ip4:192.0.2.20', 'ip4:192.0.2.21') },
        frame,
      );
      const { code, faults, text } = await verifyAt(await bindWith({}, frame), stale);
      expect({ code, faults }, text).to.deep.equal({ code: 1, faults: ['servers-disagree'] });
      expect(text).to.include(`ns2.example.com (${stale.address})`);
    });

    it('names one that does not serve the zone, and exits 1', async () => {
      const lame = await openBind({ zones: [{ name: 'example.net', records: '' }] });
      named.push(lame);
      const { code, faults, text } = await verifyAt(await bindWith({}, frame), lame);
      expect({ code, faults }, text).to.deep.equal({ code: 1, faults: ['server-lame'] });
    });

    it('says which cannot be asked, and exits 2', async () => {
      const [first, second] = [await bindWith({}, frame), await bindWith({}, frame)];
      await second.stop();
      const { code, answer, faults, unasked } = await verifyAt(first, second);
      expect({ code, answer, faults }).to.deep.equal({ code: 2, answer: 'unknown', faults: [] });
      expect(unasked).to.have.length(1);
      expect(unasked[0]).to.include({ who: `ns2.example.com (${second.address})` });
      expect(unasked[0]?.why).to.include('refuses the connection');
    });

    it('exits 1 when one cannot be asked and the other shows a fault', async () => {
      const second = await bindWith({}, frame);
      const swapped = await bindWith({ zone: (text) => text.replace('MX\t10 mx-in', 'MX\t30 mx-in') }, frame);
      await second.stop();
      const { code, faults } = await verifyAt(swapped, second);
      expect({ code, faults }).to.deep.equal({ code: 1, faults: ['mx-swapped'] });
    });
  });

  it('exits 2 and takes nothing for missing when the name server cannot be reached', async () => {
    const server = await bindWith();
    await server.stop();
    const { code, answer, faults, unasked } = await verify('--resolver', server.address);
    expect({ code, answer, faults }).to.deep.equal({ code: 2, answer: 'unknown', faults: [] });
    expect(unasked[0]).to.include({ who: server.address });
  });

  it('exits 2 and names the gateway that does not answer', async () => {
    await pair.outbound.stop();
    const { code, answer, faults, unasked } = await verifyWith({}).finally(() => pair.outbound.start());
    expect({ code, answer, faults }).to.deep.equal({ code: 2, answer: 'unknown', faults: [] });
    expect(unasked).to.have.length(1);
    expect(unasked[0]).to.include({ who: 'mx-out.example.com (192.0.2.20)' });
  });
});

const privateKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

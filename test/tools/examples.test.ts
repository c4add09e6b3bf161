/** Each example is read as a gateway reads it, and its files are what the commands print today. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '@mailpair/shared/config/read/load-settings';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { mailpair } from '../mailpair/command.ts';
import { checkout } from '../support/checkout.ts';

/** By example and file, the words of the command that prints it. */
const examples: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postfix: { 'example.com.zone': 'dns plan', 'smarthost.sh': 'smarthost postfix' },
  haproxy: {
    'inbound.cfg': 'balancer haproxy --role inbound',
    'outbound.cfg': 'balancer haproxy --role outbound',
  },
  'one-address': { 'example.com.zone': 'dns plan', 'haproxy.cfg': 'balancer haproxy --pair' },
};

const folder = join(checkout, 'examples');
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');

describe('The examples', () => {
  let directory: string;

  /** The configuration of an example, which names an empty directory in place of that of this host. */
  function configOf(name: string): string {
    const file = join(directory, `${name}.yaml`);
    writeFileSync(file, read(name, 'mailpair.yaml').replaceAll('/etc/mailpair', directory));
    return file;
  }

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-examples-'));
  });

  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('are all tried here, with each file', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name)).to.have.members(Object.keys(examples));
    for (const [name, files] of Object.entries(examples))
      expect(readdirSync(join(folder, name)), name).to.have.members([
        'README.md',
        'mailpair.yaml',
        ...Object.keys(files),
      ]);
  });

  for (const [name, files] of Object.entries(examples))
    describe(name, () => {
      it('has a configuration that lacks nothing but the files that it names', () => {
        const warnings: string[] = [];
        loadSettings({ file: configOf(name), env: {}, sets: [] }, ({ path }) => warnings.push(path));
        const files = ['outbound.users', 'tls.certFile', 'tls.keyFile', 'pair.secretFile'];
        expect(warnings).to.have.members(name === 'one-address' ? ['outbound.addresses', ...files] : files);
      });

      for (const [file, words] of Object.entries(files))
        it(`has in ${file} what "mailpair ${words}" prints, and names the command`, async () => {
          const { code, out, err } = await mailpair([
            ...words.split(' '),
            ...['--config', configOf(name), '--set', `dkim.keys=${directory}`],
          ]);
          expect(code, err).to.equal(0);
          if (words.startsWith('balancer')) expect(err).to.equal('');
          expect(read(name, file)).to.equal(out);
          expect(read(name, 'README.md')).to.include(`mailpair ${words}`);
        });
    });

  it('postfix shows the lines of main.cf that its script sets', () => {
    const script = read('postfix', 'smarthost.sh');
    const set = [...script.matchAll(/^ {2}'(\w+ = .*)'(?: \\)?$/gm)].map(([, line]) => line!);
    const shown = [...read('postfix', 'README.md').matchAll(/^ {3}(\w+ = .*)$/gm)].map(([, line]) => line!);
    expect(shown.length).to.be.above(8);
    expect(shown).to.deep.equal(set);
  });
});

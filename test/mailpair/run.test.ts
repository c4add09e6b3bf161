import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { ListedVerb, VerbArgs } from '@mailpair/mailpair/framework/verb';
import { verbs as allVerbs } from '@mailpair/mailpair/verbs';
import { loadedVerbs, mailpair } from './command.ts';

const verb = (name: string, run: (args: VerbArgs) => number | Promise<number> = () => 0): ListedVerb => ({
  name,
  summary: `summary of ${name}`,
  load: async () => ({
    usage: `${name} [THING]`,
    help: `Help of ${name}.`,
    options: { format: { type: 'string' }, all: { type: 'boolean' } },
    run: async (args) => run(args),
  }),
});

/** What a verb was called with. */
async function argsOf(argv: readonly string[], env = {}): Promise<VerbArgs | undefined> {
  let seen: VerbArgs | undefined;
  const verbs = [verb('queue', (args) => ((seen = args), 0)), verb('dns plan', (args) => ((seen = args), 0))];
  const { code, err } = await mailpair(argv, { verbs, env });
  expect([code, err]).to.deep.equal([0, '']);
  return seen;
}

describe('the mailpair command', () => {
  it('gives a verb the options of all verbs, its own, and the rest', async () => {
    const argv = [
      'queue',
      'list',
      '--config',
      '/f',
      '--set',
      'a=1',
      '--set=b=2',
      '--json',
      '--format',
      'x',
      '--all',
      'id',
    ];
    expect(await argsOf(argv)).to.deep.equal({
      config: '/f',
      sets: ['a=1', 'b=2'],
      json: true,
      options: { format: 'x', all: true },
      operands: ['list', 'id'],
    });
  });

  it('takes options before the verb, between its words, and a separator in front', async () => {
    const args = await argsOf(['--', '--config', '/f', 'dns', '--json', 'plan', 'x']);
    expect(args).to.deep.include({ config: '/f', json: true, operands: ['x'] });
  });

  it('takes a value that is named like the verb', async () => {
    expect(await argsOf(['--config', 'queue', 'queue', 'queue'])).to.deep.include({
      config: 'queue',
      operands: ['queue'],
    });
  });

  it('finds the configuration by --config, then MAILPAIR_CONFIG, then in /etc', async () => {
    const env = { MAILPAIR_CONFIG: '/env' };
    expect((await argsOf(['queue', '--config=/arg'], env))?.config).to.equal('/arg');
    expect((await argsOf(['queue'], env))?.config).to.equal('/env');
    expect((await argsOf(['queue']))?.config).to.equal('/etc/mailpair/mailpair.yaml');
  });

  it('exits as the verb says', async () => {
    for (const code of [0, 1]) {
      expect((await mailpair(['queue'], { verbs: [verb('queue', () => code)] })).code).to.equal(code);
    }
  });

  it('tells the nearest verb for an unknown one, on stderr, and exits 2', async () => {
    const told = async (...argv: string[]) => {
      const { code, out, err } = await mailpair(argv, {
        verbs: [verb('queue'), verb('dns plan'), verb('dns verify')],
      });
      expect([code, out]).to.deep.equal([2, '']);
      return err;
    };
    expect(await told('queu', 'list')).to.equal('mailpair: queu list is no verb; did you mean queue?\n');
    expect(await told('dsn', 'plan')).to.equal('mailpair: dsn plan is no verb; did you mean dns plan?\n');
    expect(await told('dns', 'nothing-like-it')).to.equal(
      'mailpair: dns nothing-like-it is no verb; there is dns plan, dns verify\n',
    );
    expect(await told('shutdown')).to.equal('mailpair: shutdown is no verb; "mailpair --help" lists them\n');
    expect(await told()).to.equal('mailpair: which verb? "mailpair --help" lists them\n');
  });

  it('lists the verbs of a noun that stands alone, and exits 2 unless help is asked for', async () => {
    const nouns = new Set(allVerbs.map(({ name }) => name.split(' ')[0]!));
    const alone = [...nouns].filter((noun) => allVerbs.every(({ name }) => name !== noun));
    expect(alone).to.include.members([
      'queue',
      'quarantine',
      'dkim',
      'dns',
      'submitter',
      'ban',
      'learn',
      'config',
    ]);
    for (const noun of alone) {
      const { code, out, err } = await mailpair([noun]);
      const help = await mailpair([noun, '--help']);
      expect([code, out, help.code]).to.deep.equal([2, '', 0]);
      for (const { name, summary } of allVerbs.filter(({ name }) => name.startsWith(`${noun} `)))
        for (const text of [err, help.out])
          expect(text)
            .to.match(new RegExp(`^  ${name} +`, 'm'))
            .and.include(summary);
    }
  });

  it('tells the nearest option for an unknown one, with the usage', async () => {
    const verbs = [verb('queue')];
    expect(await mailpair(['queue', '--fromat', 'x'], { verbs })).to.deep.equal({
      code: 2,
      out: '',
      err: 'mailpair queue: there is no option fromat; did you mean --format?\nusage: mailpair queue [THING]\n',
    });
    expect((await mailpair(['queue', '--format'], { verbs })).err).to.match(
      /^mailpair queue: .*--format.*argument missing\n/,
    );
  });

  it('tells a fault in one line, and its stack with MAILPAIR_DEBUG only', async () => {
    const verbs = [
      verb('queue', () => {
        throw new Error('the spool is locked');
      }),
    ];
    expect(await mailpair(['queue'], { verbs })).to.deep.equal({
      code: 2,
      out: '',
      err: 'mailpair queue: the spool is locked\n',
    });
    const { err } = await mailpair(['queue'], { verbs, env: { MAILPAIR_DEBUG: '1' } });
    expect(err).to.match(/^mailpair queue: the spool is locked\nError: the spool is locked\n +at /);
  });

  it('loads no verb for what the table of verbs answers, and one verb for its own help', async () => {
    const loads: string[] = [];
    const verbs = ['queue list', 'queue show', 'status'].map((name): ListedVerb => {
      const listed = verb(name);
      return { ...listed, load: () => (loads.push(name), listed.load()) };
    });
    for (const words of [['--help'], ['--version'], ['queue', '--help'], ['queue'], ['quue', 'lst'], []])
      await mailpair(words, { verbs });
    expect(loads).to.deep.equal([]);
    expect((await mailpair(['queue', 'show', '--help'], { verbs })).out).to.include('summary of queue show');
    expect(loads).to.deep.equal(['queue show']);
  });

  it('teaches: an overview with every verb, and each verb with its help', async () => {
    const { code, out } = await mailpair(['--help']);
    expect(code).to.equal(0);
    for (const { name, summary, usage, help } of await loadedVerbs()) {
      expect(out).to.include(`  ${name}`).and.include(summary);
      const asked = await Promise.all([
        mailpair([...name.split(' '), '--help']),
        mailpair(['help', ...name.split(' ')]),
        mailpair(['-h', ...name.split(' '), '--no-such-option']),
      ]);
      for (const { code, out } of asked) {
        expect(code).to.equal(0);
        expect(out).to.include(`mailpair ${usage}`).and.include(help.trim()).and.include('--config FILE');
      }
      expect(help, `the help of ${name} has examples`).to.match(/Examples?:\n {2}mailpair /);
    }
  });

  it('tells its version', async () => {
    const { out } = await mailpair(['--version']);
    expect(out).to.match(/^\d+\.\d+\.\d+\S*\n$/);
  });
});

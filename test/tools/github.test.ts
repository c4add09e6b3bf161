/** What the hosting service reads, as far as a test without it can tell: the form of each file, least permissions, pinned actions. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { checkout } from '../support/checkout.ts';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string): string => readFileSync(join(checkout, path), 'utf8');
const manifest = (path: string) => JSON.parse(read(path)) as Readonly<Record<string, never>>;

const workflows = globSync('.github/workflows/*.yml', { cwd: checkout }).map((path) => ({
  name: basename(path, '.yml'),
  text: read(path),
  ...(parse(read(path)) as Workflow),
}));

describe('The workflows', () => {
  it('are there', () => {
    expect(workflows.map(({ name }) => name)).to.have.members(['interop', 'libraries', 'release', 'test']);
  });

  for (const { name, text, permissions, jobs } of workflows)
    describe(name, () => {
      it('may only read, except for jobs that state what they write', () => {
        expect(permissions).to.deep.equal({ contents: 'read' });
        const writing = Object.values(jobs).flatMap((job) => Object.entries(job.permissions ?? {}));
        expect(writing).to.deep.equal(
          name === 'release'
            ? [
                ['id-token', 'write'],
                ['contents', 'write'],
              ]
            : [],
        );
      });

      it('pins each action by the hash of a commit, with its version beside it', () => {
        const used = text.split('\n').filter((line) => /\buses:/.test(line));
        expect(used.length).to.be.above(0);
        for (const line of used) expect(line).to.match(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      });

      it('has a time limit for each job, and uses no secret', () => {
        for (const job of Object.values(jobs)) expect(job['timeout-minutes']).to.be.within(1, 100);
        expect(text).not.to.include('secrets.');
      });

      it('runs scripts and tools of this checkout that exist', () => {
        const scripts = Object.keys(manifest('package.json')['scripts']!);
        const commands = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
        const ofPnpm = commands.flatMap((run) => /^npx --yes pnpm@12 (?:run )?([\w:]+)/.exec(run)?.[1] ?? []);
        expect([...scripts, 'install']).to.include.members(ofPnpm);
        for (const [, file = ''] of commands.flatMap((run) => [...run.matchAll(/^node (\S+)/g)]))
          expect(read(file)).not.to.equal('');
      });
    });
});

describe('The issue forms', () => {
  const forms = globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: checkout }).filter(
    (path) => basename(path) !== 'config.yml',
  );

  it('are for a bug, a feature and a question', () => {
    expect(forms.map((path) => basename(path, '.yml'))).to.have.members(['bug', 'feature', 'question']);
  });

  it('have a name, a description, and fields with unique names', () => {
    for (const path of forms) {
      const form = parse(read(path)) as {
        readonly name: string;
        readonly description: string;
        readonly body: readonly {
          readonly type: string;
          readonly id?: string;
          readonly attributes: object;
        }[];
      };
      expect([form.name, form.description], path).to.not.include(undefined);
      const fields = form.body.filter(({ type }) => type !== 'markdown');
      const ids = fields.map(({ id }) => id);
      expect(new Set(ids).size, path).to.equal(fields.length);
      for (const { type, attributes } of fields) {
        expect(['input', 'textarea', 'dropdown'], path).to.include(type);
        expect(attributes, path).to.have.property('label');
        if (type === 'dropdown') expect(attributes).to.have.property('options').with.length.above(1);
      }
    }
  });
});

describe('The files that tools read', () => {
  it('.node-version names the version of Node that package.json installs', () => {
    const { node = '' } = manifest('package.json')['devDependencies'] as unknown as Record<string, string>;
    expect(read('.node-version').trim()).to.equal(/\d+/.exec(node)?.[0]);
  });

  it('.editorconfig agrees with prettier', () => {
    const { printWidth } = manifest('.prettierrc.json') as unknown as { readonly printWidth: number };
    const text = read('.editorconfig');
    expect(text).to.include(`[*.{ts,js}]\nmax_line_length = ${printWidth}\n`);
    expect(text).to.match(/^indent_style = space\nindent_size = 2\n/m);
  });

  it('each package.json has keywords, and no address of a repository that differs from the others', () => {
    const all = globSync('{,packages/*/}package.json', { cwd: checkout });
    expect(all).to.have.lengthOf(7);
    const urls = all.map((path) =>
      JSON.stringify((manifest(path)['repository'] as { url?: string } | undefined)?.url),
    );
    expect(new Set(urls).size).to.equal(1);
    for (const path of all) expect(manifest(path)['keywords'], path).to.have.length.above(2);
  });
});

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics } from '@mailpair/shared/system/metrics';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, 'docs', name), 'utf8');

/** With every gauge watched: prom-client knows them from then on. */
function namesOfMetrics(): Promise<string[]> {
  const metrics = createMetrics('inbound');
  const none = (): never[] => [];
  metrics.watchBans(() => 0);
  metrics.watchPartners(none);
  metrics.watchLists(none);
  metrics.watchEngines(none);
  metrics.watchSigning(none);
  metrics.watchKeys(none);
  metrics.watchHashes(() => ({ running: 0, most: 0, waiting: 0 }));
  const zero = (): number => 0;
  metrics.watch({
    ...{ sessions: zero, queueEntries: zero, oldestDueSeconds: zero, attemptsActive: zero },
    ...{ spoolFreeBytes: zero, submittersHeld: zero, quarantineMessages: zero, quarantineBytes: zero },
    load: () => ({ value: 0, parts: {} }),
    isShut: () => false,
    certificateExpiresAt: zero,
  });
  return metrics
    .render()
    .then((text) => [...text.matchAll(/^# HELP (mailpair_\S+)/gm)].map(([, name]) => name!));
}

describe('The documents', () => {
  it('say of each file beside the folders, and of each folder, what it holds', () => {
    const text = read('architecture.md');
    const entries = readdirSync(join(root, 'packages/shared/src'), { withFileTypes: true });
    const missing = entries
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .filter((name) => !text.includes(`\`${name}\``));
    expect(missing).to.deep.equal([]);
  });

  it('name in the contents of operations sections that are there, and all of them', () => {
    const text = read('operations.md');
    const [contents = ''] = text.split(/^## /m);
    const slug = (title: string): string =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-');
    const sections = [...text.matchAll(/^## (.*)$/gm)].map(([, title = '']) => `[${title}](#${slug(title)})`);
    const listed = [...contents.matchAll(/\[[^\]]*\]\(#[^)]*\)/g)].map(([link]) => link);
    expect(listed).to.deep.equal(sections);
  });

  it('say what every metric means', async () => {
    const text = read('operations.md');
    expect((await namesOfMetrics()).filter((name) => !text.includes(name))).to.deep.equal([]);
  });

  it('name in the threat model files and folders, and tests, that are there', () => {
    const places = ['packages/shared/src', 'test', '.'].map((place) => join(root, place));
    // `dist/…` is made when a package is packed.
    const named = [...read('threat-model.md').matchAll(/`([a-z][\w.-]*\/[\w./-]*)`/g)].map(
      ([, name]) => name!,
    );
    const missing = named
      .filter((name) => !name.startsWith('dist/'))
      .filter((name) => !places.some((place) => existsSync(join(place, name))));
    expect(named.length).to.be.above(50);
    expect(missing).to.deep.equal([]);
  });
});

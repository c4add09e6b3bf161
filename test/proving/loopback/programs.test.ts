import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findPrograms } from '@mailpair/proving/loopback/programs';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { runCommand } from '../../support/commands.ts';

describe('the programs of the gateways', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'mailpair-programs-')));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text = ''): string {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }
  function install(role: 'inbound' | 'outbound', under: string): string {
    const name = `@mailpair/${role}-gateway`;
    write(`${under}/package.json`, JSON.stringify({ name, exports: { './*': './dist/*.js' } }));
    write(`${under}/dist/mailpair.js`);
    return write(`${under}/dist/main.js`);
  }
  const nowhere = (): string => write('elsewhere/shared/programs.js');
  /** In a process that knows no other places: the one that runs the tests may have NODE_PATH set. */
  async function find(command: string, directory: string): Promise<string> {
    const url = import.meta.resolve('@mailpair/proving/loopback/programs');
    const script = `
      const { findPrograms } = await import(${JSON.stringify(url)});
      console.log(JSON.stringify(findPrograms(...${JSON.stringify([command, directory, nowhere()])})));`;
    const { NODE_PATH: _, ...env } = process.env;
    const { stdout, stderr } = await runCommand(process.execPath, ['--input-type=module', '-e', script], {
      env,
    });
    return stdout + stderr;
  }

  it('are found in this checkout', () => {
    const { inbound, outbound } = findPrograms();
    expect(inbound).to.match(/inbound-gateway\/src\/main\.ts$/);
    expect(outbound).to.match(/outbound-gateway\/src\/main\.ts$/);
  });

  it('are found beside each other, from the command that npm links', async () => {
    const inbound = install('inbound', 'app/node_modules/@mailpair/inbound-gateway');
    const outbound = install('outbound', 'app/node_modules/@mailpair/outbound-gateway');
    mkdirSync(join(root, 'app/node_modules/.bin'));
    const command = join(root, 'app/node_modules/.bin/mailpair');
    symlinkSync(join(dirname(inbound), 'mailpair.js'), command);
    expect(JSON.parse(await find(command, root))).to.deep.equal({ inbound, outbound });
  });

  it('are found where packages are kept apart: one by itself, the other from the directory', async () => {
    const inbound = install('inbound', 'store/inbound');
    const outbound = install('outbound', 'app/node_modules/@mailpair/outbound-gateway');
    const found = await find(join(root, 'store/inbound/dist/mailpair.js'), join(root, 'app'));
    expect(JSON.parse(found)).to.deep.equal({ inbound, outbound });
  });

  it('that are missing are named, with what to install', async () => {
    const inbound = install('inbound', 'app/node_modules/@mailpair/inbound-gateway');
    expect(await find(inbound, root)).to.match(
      /no outbound gateway: npm install @mailpair\/outbound-gateway /,
    );
    expect(await find(nowhere(), root)).to.include('no inbound and no outbound gateway');
  });
});

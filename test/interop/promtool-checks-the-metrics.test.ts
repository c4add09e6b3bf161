import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { usePair } from '../support/use-pair.ts';
import { needProgram } from './programs.ts';

describe('promtool', () => {
  const pair = usePair({ config: { 'inbound.workers': 2, 'outbound.workers': 1 } });
  let promtool = '';
  before(function () {
    promtool = needProgram(this, 'promtool');
  });

  for (const role of ['inbound', 'outbound'] as const)
    it(`finds nothing to object to in /metrics of ${role}`, async () => {
      const text = String(await pair().get(role, '/metrics'));
      expect(text).to.include('mailpair_sessions');
      const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect([status, stdout, stderr]).to.deep.equal([0, '', '']);
    });
});

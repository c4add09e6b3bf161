import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Layer } from '@mailpair/shared/queue/layer';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const VALUE_BYTES = 4_096;
const AT_A_TIME = 20;
const KEYS = 5_000;

describe('what a layer lets go of', () => {
  it('leaves memory without the whole heap being marked, once the layer is old', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (how: { type: 'minor' }) => void;
    const empty = (): void => collect({ type: 'minor' });
    const layer = new Layer();
    const put = (n: number): void => layer.set(`k${n}`, Buffer.allocUnsafeSlow(VALUE_BYTES), () => false);
    const remove = (n: number): void => layer.set(`k${n}`, null, () => false);

    for (let n = 0; n < AT_A_TIME; n += 1) put(n);
    for (let time = 0; time < 4; time += 1) empty();
    const before = process.memoryUsage().arrayBuffers;
    for (let n = AT_A_TIME; n < KEYS; n += 1) {
      put(n);
      remove(n - AT_A_TIME);
      if (n % 100 === 0) empty();
    }
    empty();
    expect(layer.changes.size).to.equal(AT_A_TIME);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below((KEYS * VALUE_BYTES) / 4);
  });
});

import { Layer } from '@mailpair/shared/spool/store/layer';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { bytesLeftBehind } from '../../../support/nursery.ts';

const VALUE_BYTES = 4_096;
const AT_A_TIME = 20;
const KEYS = 5_000;

describe('what a layer lets go of', () => {
  it('leaves memory without the whole heap being marked, once the layer is old', () => {
    const layer = new Layer();
    const left = bytesLeftBehind({
      count: KEYS,
      atATime: AT_A_TIME,
      come: (n) => layer.set(`k${n}`, Buffer.allocUnsafeSlow(VALUE_BYTES), () => false),
      go: (n) => layer.set(`k${n}`, null, () => false),
    });
    expect(layer.changes.size).to.equal(AT_A_TIME);
    expect(left).to.be.below((KEYS * VALUE_BYTES) / 4);
  });
});

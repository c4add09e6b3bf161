/** Measures this host for `mailpair capacity` and stores the result. */
import { findPrograms } from '@mailpair/proving/loopback/programs';
import { unmeasured } from '@mailpair/proving/rehearse/check-keys';
import { measureCapacity, type MeasureOptions } from '@mailpair/proving/rehearse/measure-capacity';
import type { Measured } from '@mailpair/shared/gateway/pair/measured';
import { interruptible } from '../framework/interruptible.ts';
import type { Io } from '../framework/verb.ts';
import { store } from './kept.ts';

type Measurement = Pick<MeasureOptions, 'settings' | 'given' | 'seconds'>;

export async function measure(measurement: Measurement, io: Io): Promise<Measured> {
  const programs = findPrograms();
  const measured = await interruptible((signal) =>
    measureCapacity({ ...measurement, programs, signal, tell: (line) => io.err(line) }),
  );
  store(measured, measurement.settings, io);
  for (const note of unmeasured(measurement.settings)) io.err(note);
  return measured;
}

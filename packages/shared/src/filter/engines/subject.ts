/** What engines beside us say of a message: clamd and rspamd. */
import type { Settings } from '../../config/settings.ts';
import type { ClientNameLearnable } from '../client-name/facts.ts';
import type { Subject, SubjectParts } from '../contract/subject.ts';
import { createEngines } from './engines.ts';
import type { EngineLearnable } from './facts.ts';
import { engineMetrics } from './metrics.ts';
import { rspamdCheck } from './rspamd-check.ts';
import { virusCheck } from './virus-check.ts';

export const engines = {
  checks: ({ clamav, rspamd }) => [virusCheck(clamav), rspamdCheck(rspamd)],
  open({ clock, log, metrics, passwordIn }: SubjectParts) {
    const counted = engineMetrics(metrics, () => running.states());
    const running = createEngines({ clock, log, counted, passwordIn });
    return {
      configure(settings: Settings) {
        running.set(settings);
        return running.learners();
      },
      states: running.states,
      close: running.close,
    };
  },
} satisfies Subject<EngineLearnable & ClientNameLearnable>;

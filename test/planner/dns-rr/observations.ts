/** What looks at a node with one address find. */
import type { Observation } from '@mailpair/planner/dns-rr/observe';

export const up = (load: number | null = 0): Observation => ({
  answers: ['yes'],
  said: ['220'],
  load,
  draining: null,
  noLoad: load === null ? 'it has no url' : null,
});

export const down: Observation = {
  answers: ['no'],
  said: ['ECONNREFUSED'],
  load: null,
  draining: null,
  noLoad: 'it has no url',
};

export const leaving: Observation = { ...up(), draining: true };

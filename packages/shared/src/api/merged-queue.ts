/**
 * The queues of several workers as one: lists are put together, figures added, an entry is asked of each until one has it. What
 * they all know alike (partners, lists, engines, what submitters sent) is told by the first.
 */
import { allOf, firstOf, leastOf, mergePages, mostOf, sumOf } from './merged.ts';
import { mergeLines } from './merged-lines.ts';
import { mergeDns, mergeLocalServers } from './merged-servers.ts';
import type { Changed, Selection } from './queue-changes.ts';
import type { GatewayStatus, QueueControl } from './queue-control.ts';
import type { NextHopTotals } from './queue-totals.ts';
import type { SubmitterControl, SubmitterView } from './submitter-control.ts';

export function mergeQueues(controls: readonly QueueControl[]): QueueControl {
  const [first] = controls as readonly [QueueControl];
  if (controls.length === 1) return first;
  const change = (verb: 'retry' | 'hold' | 'release') => async (which: Selection) =>
    sumChanged(await allOf(controls, (control) => control[verb](which)));
  return {
    role: first.role,
    page: async (filter, limit, after) =>
      mergePages(await allOf(controls, (control) => control.page(filter, limit, after)), limit),
    lines: () => mergeLines(controls.map((control) => control.lines())),
    show: (id) => firstOf(controls, (control) => control.show(id)),
    why: (id) => firstOf(controls, (control) => control.why(id)),
    retry: change('retry'),
    hold: change('hold'),
    release: change('release'),
    remove: (id) => firstOf(controls, (control) => control.remove(id)),
    message: (id) => firstOf(controls, (control) => control.message(id)),
    status: async () => mergeStatus(await allOf(controls, (control) => control.status())),
    nextHops: async () => mergeTotals(await allOf(controls, (control) => control.nextHops())),
    submitters: mergeSubmitters(controls.map(({ submitters }) => submitters)),
    close: async () => void (await allOf(controls, (control) => control.close())),
  };
}

const sumChanged = (all: readonly Changed[]): Changed => ({
  changed: sumOf(all, ({ changed }) => changed),
  unchanged: sumOf(all, ({ unchanged }) => unchanged),
});

function mergeStatus(all: readonly GatewayStatus[]): GatewayStatus {
  const [first] = all as readonly [GatewayStatus];
  const signIns = all.map((status) => status.signIns).filter((each) => each !== undefined);
  const dns = all.map((status) => status.dns).filter((each) => each !== undefined);
  const kept = all.map(({ quarantine }) => quarantine).filter((each) => each !== undefined);
  return {
    ...first,
    sessions: sumOf(all, ({ sessions }) => sessions),
    ...(first.running && { workers: all.length }),
    queue: {
      entries: sumOf(all, ({ queue }) => queue.entries),
      active: sumOf(all, ({ queue }) => queue.active),
      damaged: sumOf(all, ({ queue }) => queue.damaged),
      ...(first.running && { due: all.some(({ queue }) => queue.due) }),
    },
    ...(signIns.length > 0 && {
      signIns: { ...signIns[0]!, failedLastHour: sumOf(signIns, (each) => each.failedLastHour) },
    }),
    ...(kept.length > 0 && {
      quarantine: {
        messages: sumOf(kept, ({ messages }) => messages),
        sizeBytes: sumOf(kept, ({ sizeBytes }) => sizeBytes),
      },
    }),
    localServers: mergeLocalServers(all.flatMap(({ localServers }) => localServers)),
    ...(dns.length > 0 && { dns: mergeDns(dns) }),
  };
}

function mergeTotals(all: readonly (readonly NextHopTotals[])[]): NextHopTotals[] {
  const merged = new Map<string, NextHopTotals>();
  for (const totals of all.flat()) {
    const known = merged.get(totals.nextHop);
    merged.set(totals.nextHop, known ? addTotals(known, totals) : totals);
  }
  return [...merged.values()].sort((a, b) => b.entries - a.entries);
}

const addTotals = (a: NextHopTotals, b: NextHopTotals): NextHopTotals => ({
  nextHop: a.nextHop,
  entries: a.entries + b.entries,
  held: a.held + b.held,
  sizeBytes: a.sizeBytes + b.sizeBytes,
  oldest: a.oldest.id < b.oldest.id ? a.oldest : b.oldest,
  dueAt: leastOf([a.dueAt, b.dueAt]),
  rest: a.rest ?? b.rest,
});

function mergeSubmitters(controls: readonly SubmitterControl[]): SubmitterControl {
  return {
    async list() {
      const all = (await allOf(controls, (control) => control.list())).flat();
      return [...Map.groupBy(all, ({ name }) => name).values()].map(mergeViews);
    },
    async show(name) {
      const views = await allOf(controls, (control) => control.show(name));
      const known = views.filter((view) => view !== undefined);
      return known.length > 0 ? mergeViews(known) : undefined;
    },
    hold: async (name) => ({
      held: sumOf(await allOf(controls, (control) => control.hold(name)), ({ held }) => held),
    }),
    async release(name, perMinute) {
      const each = Math.max(1, Math.floor(perMinute / controls.length));
      const all = await allOf(controls, (control) => control.release(name, each));
      return {
        released: sumOf(all, ({ released }) => released),
        lastAt: mostOf(all.map(({ lastAt }) => lastAt)),
      };
    },
    async purge(name) {
      const all = await allOf(controls, (control) => control.purge(name));
      return {
        removed: sumOf(all, ({ removed }) => removed),
        sizeBytes: sumOf(all, ({ sizeBytes }) => sizeBytes),
      };
    },
  };
}

/** Of one submitter, as each worker has it: who heard of it last knows it best. */
function mergeViews(views: readonly SubmitterView[]): SubmitterView {
  const latest = views.reduce((best, view) => (view.lastAt > best.lastAt ? view : best));
  const waiting = views.map((view) => view.waiting);
  return {
    ...latest,
    held: views.find(({ held }) => held !== null)?.held ?? null,
    waiting: {
      entries: sumOf(waiting, ({ entries }) => entries),
      sizeBytes: sumOf(waiting, ({ sizeBytes }) => sizeBytes),
      oldestAt: leastOf(waiting.map(({ oldestAt }) => oldestAt)),
    },
  };
}

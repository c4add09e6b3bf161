/**
 * judge → what stands in the header: Authentication-Results, and the verdict for filters behind us. What a stranger wrote
 * in our name is taken away. What is changed gets an ARC seal (RFC 8617), as configured. A message of which nothing needs
 * to be changed goes on as it is.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  arcResultsOf,
  composeResults,
  mayPassForOurs,
} from '../../filter/dkim-dmarc-arc/authentication-results.ts';
import type { BlockPool } from '../../platform/memory/block-pool.ts';
import { editBody, type Edit } from '../../smtp/server/body-edit.ts';
import { findFields, type FoundField } from '../../smtp/server/header-fields.ts';
import type { Judged } from '../../filter/pipeline/judging.ts';
import type { Message } from '../../filter/contract/message.ts';
import { ownNamesOf } from '../../config/own-names.ts';
import type { Signing } from '../sign/signing.ts';
import type { Settings } from '../../config/settings.ts';
import { domainOf, isWithinDomain } from '../../platform/values/address.ts';
import type { Body } from '../../platform/values/body.ts';
import type { ArcFacts } from '../../filter/dkim-dmarc-arc/facts.ts';
import type { FactName, Facts, Learnable } from '../../filter/pipeline/facts.ts';
import type { Judgement, Verdict } from '../../filter/contract/verdict.ts';

export interface MarkingParts {
  settings(): Settings;
  /** Our host name, the authserv-id. */
  readonly host: string;
  /** Where a body may be written that is changed. */
  readonly incomingDirectory: string;
  readonly room: BlockPool;
  readonly signing: Pick<Signing, 'seal'>;
}

type Then<T> = (marked: Message) => Promise<T>;

const RESULTS = 'authentication-results';
const ARC_RESULTS = 'arc-authentication-results';
const ours = new Set(['x-mailpair-verdict', 'x-mailpair-score']);
/** Of rules in X-Mailpair-Score. */
const RULES = 12;

/** Each method gives the marked message to `then`; its body is there until that is done. */
export class Marking {
  readonly #parts: MarkingParts;

  constructor(parts: MarkingParts) {
    this.#parts = parts;
  }

  mark<T>(message: Message, judged: Judged, then: Then<T>): Promise<T> {
    const settings = this.#parts.settings();
    const isRefused = judged.verdicts.every(({ kind }) => kind === 'reject' || kind === 'defer');
    const isLeft = message.session.role !== 'mx' || settings.judge.mode === 'off' || isRefused;
    if (isLeft) return then(message);
    if (isMixed(judged, settings)) return this.#markBoth(message, judged, then);
    return this.#markAll(message, judged, then);
  }

  async #markBoth<T>(message: Message, judged: Judged, then: Then<T>): Promise<T> {
    const { recipients, ...untagged } = withVerdict('accept', judged, message);
    return this.#markAll(message, judged, (tagged) =>
      this.#markAll(message, untagged.judged, ({ head, body }) =>
        then({ ...tagged, untagged: { recipients, head, body } }),
      ),
    );
  }

  async #markAll<T>(message: Message, judged: Judged, then: Then<T>): Promise<T> {
    const settings = this.#parts.settings();
    const said = sayingOf(judged);
    const subject = said.isTagged ? settings.marks.subject : null;
    const all = await findFields(message.body, namesToFind(subject !== null));
    const found = all.filter(({ name, raw }) => name !== 'subject' || raw.includes(':'));
    const edits = editsOf(found, settings, subject, known(judged.facts, 'authentication')?.arc);
    const results = resultsOf(this.#parts.host, judged.facts);
    const added = subject !== null && !found.some(({ name }) => name === 'subject');
    const head =
      message.head +
      (settings.marks.results && results !== undefined ? `Authentication-Results: ${results}\r\n` : '') +
      verdictFields(said, settings) +
      (added ? `Subject: ${subject}\r\n` : '');
    const isChanged = added || edits.length > 0;
    const sealed = (body: Body): Message | Promise<Message> => {
      const marked = { ...message, head, body };
      const isSealed = results !== undefined && isToBeSealed(said, isChanged, settings);
      return isSealed ? this.#seal(marked, judged.facts, results) : marked;
    };
    if (edits.length === 0) return then(await sealed(message.body));
    return this.#withEdited(message.body, edits, async (body) => then(await sealed(body)));
  }

  async #withEdited<T>(from: Body, edits: readonly Edit[], then: (body: Body) => Promise<T>): Promise<T> {
    const { settings, room, incomingDirectory } = this.#parts;
    const { body, discard } = await editBody(from, edits, {
      memoryBytes: settings().limits.memoryPerMessageBytes,
      room,
      newPath: () => join(incomingDirectory, randomBytes(10).toString('hex')),
    });
    try {
      return await then(body);
    } finally {
      await discard();
    }
  }

  /** By keys of a recipient's domain, over what was learnt; a chain that nobody looked at is not added to. */
  async #seal(message: Message, facts: Facts, authenticationResults: string): Promise<Message> {
    const authentication = known(facts, 'authentication');
    if (!authentication) return message;
    const { id, receivedAt: at, head, body, envelope } = message;
    const fields = await this.#parts.signing.seal({
      ...{ id, at, head, body, authenticationResults },
      chain: authentication.arc.result,
      domains: [...new Set(envelope.recipients.map(({ address }) => domainOf(address)))],
    });
    return { ...message, head: fields + head };
  }
}

interface Saying {
  readonly judgement: Judgement;
  readonly isTagged: boolean;
  /** What is done: other than the judgement's where mail is only observed. */
  readonly kind: string;
}

/** As configured; what is refused is not. */
function isToBeSealed({ kind }: Saying, isChanged: boolean, { marks: { seal } }: Settings): boolean {
  const isWanted = seal === 'always' || (seal === 'changed' && isChanged);
  return isWanted && (kind === 'accept' || kind === 'tag');
}

/** Some of its recipients want it tagged and others do not, and it shows. */
const isMixed = ({ verdicts }: Judged, { marks }: Settings): boolean =>
  verdicts.length > 1 &&
  verdicts.some(({ kind }) => kind === 'tag') &&
  verdicts.some(({ kind }) => kind === 'accept') &&
  (marks.subject !== null || marks.verdict !== 'never');

/** The part of the judgement with this verdict, and whom it is about. */
function withVerdict(
  wanted: Verdict['kind'],
  judged: Judged,
  { envelope }: Message,
): { readonly judged: Judged; readonly recipients: ReadonlySet<string> } {
  const isWanted = (_: unknown, index: number): boolean => judged.verdicts[index]!.kind === wanted;
  return {
    judged: {
      ...judged,
      verdicts: judged.verdicts.filter(isWanted),
      judgements: judged.judgements.filter(isWanted),
    },
    recipients: new Set(envelope.recipients.filter(isWanted).map(({ address }) => address)),
  };
}

/** What is said of a message with several recipients: of those that get it, what the strictest verdict says. */
function sayingOf({ judgements, verdicts }: Judged): Saying {
  const at = (kind: string): number => verdicts.findIndex((verdict) => verdict.kind === kind);
  const index = [at('tag'), at('accept'), 0].find((each) => each >= 0)!;
  const { kind } = verdicts[index]!;
  return { judgement: judgements[index]!, isTagged: kind === 'tag', kind };
}

const found = new Set([RESULTS, ARC_RESULTS, ...ours]);
const foundWithSubject = new Set([...found, 'subject']);
const namesToFind = (withSubject: boolean): ReadonlySet<string> => (withSubject ? foundWithSubject : found);

function editsOf(
  fields: readonly FoundField[],
  settings: Settings,
  subject: string | null,
  arc: ArcFacts | undefined,
): Edit[] {
  const isForged = ({ name, raw, isCut }: FoundField): boolean => {
    if (ours.has(name)) return true;
    if (!settings.marks.results) return false;
    if (name === RESULTS) return isCut || mayPassForOurs(raw, ownNamesOf(settings).ownNames);
    return name === ARC_RESULTS && arc !== undefined && isForgedSet(raw, arc, settings);
  };
  const edits = fields.filter(isForged).map(({ from, to }): Edit => ({ from, to, by: '' }));
  const first = fields.find(({ name }) => name === 'subject');
  if (first && subject !== null && !first.raw.includes(subject)) {
    const valueAt = first.from + /^[^:]*:[ \t]*/.exec(first.raw)![0].length;
    edits.push({ from: valueAt, to: valueAt, by: `${subject} ` });
  }
  return edits.toSorted((a, b) => a.from - b.from);
}

/** In the name of a host of ours, in no chain that holds, or in a set that no domain of ours sealed (RFC 8617 §4.1.3). */
function isForgedSet(raw: string, arc: ArcFacts, settings: Settings): boolean {
  const { instance, isOurs } = arcResultsOf(raw, ownNamesOf(settings).ownNames);
  const sealer = arc.result === 'pass' ? (arc.sealers[instance - 1] ?? '') : '';
  return isOurs && !settings.domains.some(({ name }) => isWithinDomain(sealer, name));
}

const resultsOf = (host: string, facts: Facts): string | undefined =>
  composeResults(host, {
    client: facts.client.address,
    reverseName: known(facts, 'reverseName'),
    spf: known(facts, 'spf'),
    authentication: known(facts, 'authentication'),
  });

function known<N extends FactName>({ learnt }: Facts, name: N): Learnable[N] | undefined {
  const fact = learnt[name];
  return fact?.kind === 'known' ? fact.value : undefined;
}

function verdictFields({ judgement, isTagged, kind }: Saying, { marks }: Settings): string {
  if (marks.verdict === 'never' || (marks.verdict === 'tagged' && !isTagged)) return '';
  const wouldBe = judgement.verdict.kind === kind ? '' : ` (observed: ${judgement.verdict.kind})`;
  const rules = judgement.findings
    .filter(({ score }) => score !== 0)
    .toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, RULES)
    .map(({ rule, score }) => `\r\n\t${rule.replace(/[^!-'*-~]/g, '?').slice(0, 100)}=${score}`);
  return `X-Mailpair-Verdict: ${kind}${wouldBe}\r\nX-Mailpair-Score: ${judgement.score}${rules.join('')}\r\n`;
}

/**
 * recipients → pair: this gateway among the other nodes of the pair. What the heartbeat needs to say is fetched here,
 * what comes in by it is put where it belongs. Without a secret nothing is sent and nothing is taken.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { digestOf, type Digest } from '../pair/configuration-digest.ts';
import type { Beat } from '../pair/partner-beat.ts';
import { createPartnerClient } from '../pair/partner-client.ts';
import { deriveKeys, type PartnerKey, type PartnerKeys } from '../pair/partner-keys.ts';
import { SEAL } from '../pair/partner-signature.ts';
import type { Capacity, Partners, PartnerView } from '../pair/partner-view.ts';
import { HEARTBEAT_PATH } from '../pair/partner.ts';
import { MAX_BEAT_BYTES, PartnerSet, type Answered, type OtherNode } from '../pair/partners.ts';
import type { Topic, Topics } from '../../platform/topics.ts';
import { hasOneAddress } from '../../platform/network/one-address.ts';
import { packageVersion } from '../../platform/process/package-version.ts';
import { standingOf, type KnowledgeRules } from '../../directory/recipients/knowledge.ts';
import { formatKnown, parseKnown, type KnowledgeStore } from '../../directory/recipients/store.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { Answer } from '../../platform/http/http-answer.ts';
import { trustedFor } from '../../platform/http/http-authority.ts';
import type { Route } from '../../platform/http/http.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import type { Secrets } from '../../config/secrets.ts';
import type { Settings } from '../../config/settings.ts';
import type { Role } from './role.ts';

export interface PairingParts {
  readonly role: Role['name'];
  /** Name of this node. */
  readonly host: string;
  settings(): Settings;
  secrets(): Secrets;
  /** What the parts of the gateway tell their like there. */
  readonly topics: Topics;
  capacity(): Capacity;
  draining(): boolean;
  /** How long ago each local server answered this gateway. */
  answeredAgo(): Beat['answeredAgo'];
  freeDiskBytes(): number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'heartbeat' | 'knowledge' | 'watchPartners'>;
}

export interface Pairing extends Partners {
  /** Where the heartbeats of partners come in; null where another worker takes them. */
  readonly route: Route | null;
  /** After settings or secrets changed. */
  reload(): void;
  /** Says to every partner how things are now. */
  announce(): Promise<void>;
  /** With a last heartbeat. */
  close(): Promise<void>;
}

/** How long the last heartbeat may take. */
const FAREWELL_MS = 500;
const version = packageVersion();

/** @throws when pair.caFile cannot be read */
export function openPairing(parts: PairingParts): Pairing {
  const { role, host, settings, topics, clock, metrics } = parts;
  const startedAt = clock.now();
  let of = stateOf(parts.secrets(), settings());
  const compose = (key: PartnerKey): Omit<Beat, 'told'> => ({
    ...parts.capacity(),
    version,
    startedAt,
    draining: parts.draining(),
    answeredAgo: parts.answeredAgo(),
    freeDiskBytes: parts.freeDiskBytes(),
    digest: of.digest(key),
  });
  const set = new PartnerSet(
    {
      self: { name: `${role}/${host}`, run: randomBytes(12).toString('base64url') },
      keys: () => of.keys,
      rules: () => settings().pair,
      compose,
      topics,
      clock,
      steady: { now: () => performance.now() },
      log: parts.log,
      metrics,
    },
    (url, node) => createPartnerClient(url, of.trusted(node)),
  );
  topics.onTold((topic, key) => set.tell(topic, key));
  metrics.watchPartners(() => set.views());
  const apply = (): void => set.set(of.keys.length > 0 ? otherNodes(settings(), role, host) : []);
  apply();

  return {
    list: () => set.views(),
    ...sidesOf(() => set.views(), parts),
    route: {
      method: 'POST',
      path: HEARTBEAT_PATH,
      access: 'sealed',
      maxBytes: MAX_BEAT_BYTES,
      run({ headers, octets, client }) {
        if (of.keys.length === 0) return noSecret;
        return answerOf(set.receive({ seal: String(headers[SEAL] ?? ''), body: octets, client }));
      },
    },
    reload() {
      of = stateOf(parts.secrets(), settings());
      apply();
    },
    announce: () => set.announce(),
    async close() {
      const late = new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref());
      await Promise.race([set.announce(), late]);
      set.close();
    },
  };
}

/** Behind one address the nodes of both roles are alike to senders and balancers, and there is no other MX to send a client to. */
export function sidesOf(
  views: () => readonly PartnerView[],
  { role, settings }: Pick<PairingParts, 'role' | 'settings'>,
): Pick<Partners, 'others' | 'siblings'> {
  const isSibling = (node: PartnerView): boolean => node.role === role || hasOneAddress(settings());
  return {
    others: () => views().filter((node) => !isSibling(node)),
    siblings: () => views().filter(isSibling),
  };
}

const answerOf = ({ status, seal, body }: Answered): Answer =>
  new Answer(body, {
    status,
    headers: { 'content-type': 'application/json', ...(seal !== '' && { [SEAL]: seal }) },
  });

const noSecret = Answer.json({ error: 'pair.secretFile is not set' }, { status: 404 });

/** What follows from secrets and settings until they change. */
function stateOf({ pair: secrets }: Secrets, { pair, keys: values }: Settings) {
  const digests = new Map<string, Digest>();
  const keys: PartnerKeys = deriveKeys(secrets);
  const proxyAuthority = pair.caFile === null ? null : readFileSync(pair.caFile, 'utf8');
  return {
    keys,
    trusted: (node: string) => trustedFor(node, secrets, proxyAuthority),
    digest({ id, digest: key }: PartnerKey): Digest {
      const digest = digests.get(id) ?? digestOf(values, key);
      digests.set(id, digest);
      return digest;
    },
  };
}

function otherNodes({ inbound, outbound }: Settings, role: Role['name'], host: string): OtherNode[] {
  return [
    ...inbound.nodes.map(({ host: node, url }) => ({ role: 'inbound' as const, node, url })),
    ...outbound.nodes.map(({ host: node, url }) => ({ role: 'outbound' as const, node, url })),
  ].filter((other) => other.role !== role || other.node !== host);
}

/** What is learnt about recipients is told to the partners. */
export function shareRecipients(
  store: KnowledgeStore,
  topics: Topics,
  clock: Clock,
  rules: () => KnowledgeRules,
): void {
  const recipients = topics.add(recipientTopic(store, clock, rules));
  store.onLearnt((recipient) => recipients.tell(recipient));
}

/** Knowledge is told while it is in effect, and keeps the time at which it was learnt: its TTL runs on. */
function recipientTopic(store: KnowledgeStore, clock: Clock, rules: () => KnowledgeRules): Topic {
  return {
    name: 'recipients',
    look(recipient) {
      const knowledge = store.get(recipient);
      return knowledge && standingOf(knowledge, clock.now(), rules()) !== 'unknown'
        ? formatKnown(recipient, knowledge)
        : undefined;
    },
    all: () => store.keys(),
    take(items) {
      const now = clock.now();
      return items
        .map(parseKnown)
        .filter((known) => known !== undefined)
        .map(([recipient, { valid, learnedAt }]) => ({
          recipient,
          knowledge: { valid, learnedAt: Math.min(learnedAt, now) },
        }))
        .filter(({ knowledge }) => standingOf(knowledge, now, rules()) !== 'unknown')
        .filter(({ recipient, knowledge }) => store.merge(recipient, knowledge)).length;
    },
  };
}

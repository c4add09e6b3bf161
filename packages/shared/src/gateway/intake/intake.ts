/**
 * accept → judge → (route → send | queue): what a gateway does with the mail that clients bring.
 *
 * Mail from the internet (`mx`) is offered to the local servers while its client waits. Mail of our submitters
 * (`submission`) is queued first. Either way a 2xx is given only when the next hop has the message or it is on
 * disk here.
 */
import type { SessionHooks } from '../../smtp/server/listener.ts';
import { composeReceived } from '../../smtp/server/received.ts';
import type { Judged, Judging } from '../../filter/pipeline/judging.ts';
import type { Records } from '../../filter/pipeline/recording.ts';
import { SpoolFullError } from '../../spool/store/spool.ts';
import type { Signing } from '../sign/signing.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { DomainSettings } from '../../config/settings/hosts.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Envelope } from '../../platform/values/envelope.ts';
import type { Learnt } from '../../filter/pipeline/facts.ts';
import type { Message } from '../../filter/contract/message.ts';
import { isPermanent, isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';
import { createDisposing } from './disposing.ts';
import type { Reporting } from './dmarc-reporting.ts';
import type { Marking } from './marking.ts';
import type { Quarantine } from '../quarantine/quarantining.ts';
import { createRcpt } from './rcpt.ts';
import { createRelay, type RelayParts } from './relay.ts';
import { standingOfMail, type MailStanding } from './standing-of-mail.ts';
import { createSubmission, type SubmissionParts } from './submission.ts';

export interface IntakeParts extends Omit<RelayParts, 'hosted'>, Pick<SubmissionParts, 'ledger' | 'waited'> {
  /** Our host name. */
  readonly host: string;
  readonly judging: Judging;
  readonly mark: Marking;
  readonly reporting: Pick<Reporting, 'note'>;
  readonly signing: Pick<Signing, 'submitted'>;
  readonly quarantine: Quarantine;
  readonly records: Records;
  /** Told of mail from the internet that speaks for or against its client. */
  came(mail: MailStanding): void;
}

export function createIntake(parts: IntakeParts): (role: ListenerRole) => SessionHooks {
  const { log, metrics, clock, judging, mark, records } = parts;
  const rcpt = createRcpt({ ...parts, hosted });
  const relay = createRelay({ ...parts, hosted });
  const submission = createSubmission(parts);
  const dispose = createDisposing({
    ...parts,
    hold: submission.hold,
    forward: (message) => (message.session.role === 'mx' ? relay(message) : submission.send(message)),
  });

  function hosted(domain: string): DomainSettings | undefined {
    const { domains } = parts.settings();
    return domain === '' ? domains[0] : domains.find(({ name }) => name === domain);
  }

  async function take(envelope: Envelope, body: Body, session: Session): Promise<Reply> {
    const id = parts.nextId();
    const receivedAt = clock.now();
    const { recipients, smtpUtf8 } = envelope;
    const head = composeReceived({
      session,
      id,
      host: parts.host,
      at: receivedAt,
      clientName: judging.known('reverseName', session)?.confirmed,
      smtpUtf8,
      recipient: recipients.length === 1 ? recipients[0]!.address : undefined,
    });
    const message: Message = { id, receivedAt, envelope, body, session, head, outcomes: [] };
    if (failpoints) await failpoints.pass('intake.received');
    const asked = judging.message(message);
    const judged = asked instanceof Promise ? await asked : asked;
    noteMissing(message, judged);
    parts.reporting.note(judged);
    const submitter = submitterIn(judged.facts.learnt);
    const taken = { ...message, submitter, judgement: judged.judgements[0]! };
    let reply: Reply = replies.localFault;
    try {
      reply = await mark(taken, judged, (marked) => dispose(marked, judged));
    } finally {
      records.message(message, judged, reply);
    }
    if (failpoints) await failpoints.pass('intake.decided');
    metrics.accepted((clock.now() - receivedAt) / 1000);
    const standing = session.role === 'mx' ? standingOfMail(judged, reply) : null;
    if (standing) parts.came(standing);
    return reply;
  }

  /** That a check could not run is never silence. */
  function noteMissing({ id, session }: Message, { judgements: [first] }: Judged): void {
    if (!first?.findings.some((finding) => finding.missing)) return;
    const missing = first.findings.filter((finding) => finding.missing).map(({ evidence }) => evidence);
    log.warn('message.judged-in-part', { session: session.id, id, missing });
  }

  return (role) => ({
    turnedAway(reason, peer, listener) {
      metrics.turnedAway();
      log.info('session.turned-away', { listener, peer: peer.address, reason });
    },
    unserved(reason, client, listener) {
      metrics.unserved(reason);
      log.info('connection.unserved', { listener, client: client.address, reason });
    },
    connect({ id, listener, client, balancer, isCheck }) {
      if (!isCheck) metrics.session(role);
      log.debug('session.opened', { session: id, listener, client: client.address, balancer });
      return null;
    },
    mail(envelope, _declaredBytes, session) {
      const { trusted, user } = session;
      if (role === 'submission' && !trusted && user === undefined) return replies.authRequired;
      judging.begin(envelope, session);
      return replies.mailOk;
    },
    rcpt: (recipient, envelope, session) => rcpt(role, recipient, envelope, session),
    noRoom(sizeBytes, { id, listener, client }) {
      metrics.limited('memory');
      log.info('message.no-room', { session: id, listener, client: client.address, sizeBytes });
    },
    message(envelope, body, session) {
      const done = (reply: Reply): Reply => {
        metrics.message(role, isPositive(reply) ? 'accepted' : isPermanent(reply) ? 'rejected' : 'deferred');
        return reply;
      };
      const failed = (error: unknown): Reply => {
        metrics.message(role, 'fault');
        if (!(error instanceof SpoolFullError)) throw error;
        log.error('spool.full', { session: session.id, reason: error.message });
        return replies.storageFull;
      };
      return take(envelope, body, session).then(done, failed);
    },
    refused(reply, { id, listener, client }, protocol) {
      metrics.refusedSession(reply.code);
      if (protocol) metrics.foreignProtocol(protocol);
      if (reply === replies.givesWay) metrics.limited('room');
      log.info('session.refused', { session: id, listener, client: client.address, reply, protocol });
    },
    closed: ({ id }) => log.debug('session.closed', { session: id }),
    fault: (error, { id }) => log.error('session.fault', { session: id, err: error }),
  });
}

const submitterIn = ({ submitter }: Learnt): string | undefined =>
  submitter?.kind === 'known' ? submitter.value.name : undefined;

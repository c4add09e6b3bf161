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
import type { Dispatcher } from '../dispatch/dispatch.ts';
import type { Signing } from '../sign/signing.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import type { Settings } from '../../config/settings.ts';
import type { MessageResult } from '../../platform/metrics/mail.ts';
import type { DomainSettings } from '../../config/sections/domains.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Envelope } from '../../platform/values/envelope.ts';
import type { Learnt } from '../../filter/pipeline/facts.ts';
import type { Message } from '../../filter/contract/message.ts';
import { isPermanent, isPositive, replies, type Reply } from '../../platform/values/reply.ts';
import type { ListenerRole, Session } from '../../platform/values/session.ts';
import { Disposing } from './disposing.ts';
import type { Reporting } from './dmarc-reporting.ts';
import type { Marking } from './marking.ts';
import type { Quarantine } from '../quarantine/quarantining.ts';
import { createRcpt } from './rcpt.ts';
import { Relay, type RelayParts } from './relay.ts';
import { sessionReports } from './session-reports.ts';
import { standingOfMail, type MailStanding } from './standing-of-mail.ts';
import { createSubmission, type SubmissionParts } from './submission.ts';

export interface IntakeParts
  extends Omit<RelayParts, 'hosted' | 'dispatcher'>, Pick<SubmissionParts, 'ledger' | 'waited'> {
  readonly dispatcher: Dispatcher;
  /** Our host name. */
  readonly host: string;
  readonly judging: Judging;
  readonly marking: Pick<Marking, 'mark'>;
  readonly reporting: Pick<Reporting, 'note'>;
  readonly signing: Pick<Signing, 'submitted'>;
  readonly quarantine: Quarantine;
  readonly records: Records;
  /** Told of mail from the internet that speaks for or against its client. */
  came(mail: MailStanding): void;
}

export class Intake {
  readonly #parts: IntakeParts;
  readonly #rcpt: ReturnType<typeof createRcpt>;
  readonly #disposing: Disposing;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const hosted = (domain: string): DomainSettings | undefined => hostedDomain(domain, parts.settings());
    const relay = new Relay({ ...parts, hosted });
    const submission = createSubmission(parts);
    this.#rcpt = createRcpt({ ...parts, hosted });
    this.#disposing = new Disposing({
      ...parts,
      hold: submission.hold,
      forward: (message) => (message.session.role === 'mx' ? relay.take(message) : submission.send(message)),
    });
  }

  /** What the sessions of a listener ask and report. */
  hooksOf(role: ListenerRole): SessionHooks {
    const { judging, log, metrics } = this.#parts;
    return {
      ...sessionReports(role, log, metrics),
      mail(envelope, _declaredBytes, session) {
        const { trusted, user } = session;
        if (role === 'submission' && !trusted && user === undefined) return replies.authRequired;
        judging.begin(envelope, session);
        return replies.mailOk;
      },
      rcpt: (recipient, envelope, session) => this.#rcpt(role, recipient, envelope, session),
      message: (envelope, body, session) =>
        this.#take(envelope, body, session).then(
          (reply) => {
            metrics.message(role, resultOf(reply));
            return reply;
          },
          (error: unknown) => {
            metrics.message(role, 'fault');
            if (!(error instanceof SpoolFullError)) throw error;
            log.error('spool.full', { session: session.id, reason: error.message });
            return replies.storageFull;
          },
        ),
    };
  }

  async #take(envelope: Envelope, body: Body, session: Session): Promise<Reply> {
    const { judging, reporting, marking, records, metrics, clock, came } = this.#parts;
    const message = this.#received(envelope, body, session);
    if (failpoints) await failpoints.pass('intake.received');
    const asked = judging.message(message);
    const judged = asked instanceof Promise ? await asked : asked;
    this.#noteMissing(message, judged);
    reporting.note(judged);
    const submitter = submitterIn(judged.facts.learnt);
    const taken = { ...message, submitter, judgement: judged.judgements[0]! };
    let reply: Reply = replies.localFault;
    try {
      reply = await marking.mark(taken, judged, (marked) => this.#disposing.dispose(marked, judged));
    } finally {
      records.message(message, judged, reply);
    }
    if (failpoints) await failpoints.pass('intake.decided');
    metrics.accepted((clock.now() - message.receivedAt) / 1000);
    const standing = session.role === 'mx' ? standingOfMail(judged, reply) : null;
    if (standing) came(standing);
    return reply;
  }

  /** With its id and our Received field. */
  #received(envelope: Envelope, body: Body, session: Session): Message {
    const { nextId, clock, host, judging } = this.#parts;
    const id = nextId();
    const receivedAt = clock.now();
    const { recipients, smtpUtf8 } = envelope;
    const head = composeReceived({
      session,
      id,
      host,
      at: receivedAt,
      clientName: judging.known('reverseName', session)?.confirmed,
      smtpUtf8,
      recipient: recipients.length === 1 ? recipients[0]!.address : undefined,
    });
    return { id, receivedAt, envelope, body, session, head, outcomes: [] };
  }

  /** That a check could not run is never silence. */
  #noteMissing({ id, session }: Message, { judgements: [first] }: Judged): void {
    if (!first?.findings.some((finding) => finding.missing)) return;
    const missing = first.findings.filter((finding) => finding.missing).map(({ evidence }) => evidence);
    this.#parts.log.warn('message.judged-in-part', { session: session.id, id, missing });
  }
}

const hostedDomain = (domain: string, { domains }: Settings): DomainSettings | undefined =>
  domain === '' ? domains[0] : domains.find(({ name }) => name === domain);

const resultOf = (reply: Reply): MessageResult =>
  isPositive(reply) ? 'accepted' : isPermanent(reply) ? 'rejected' : 'deferred';

const submitterIn = ({ submitter }: Learnt): string | undefined =>
  submitter?.kind === 'known' ? submitter.value.name : undefined;

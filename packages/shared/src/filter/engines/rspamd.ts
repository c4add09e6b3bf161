/**
 * A client of rspamd by its HTTP protocol (GET /ping, POST /checkv2): what is known of the session goes in header fields,
 * the message as it was received in the body. One connection for each message.
 */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { EnginePlace } from '../../config/schema/engine-server.ts';
import type { Body } from '../../platform/values/body.ts';
import { connect } from './connect.ts';
import { octetsOf } from './octets.ts';

export interface RspamdQuestion {
  readonly id: string;
  readonly ip: string;
  readonly helo: string;
  /** The confirmed name of the client, '' when it has none. */
  readonly hostname: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly user: string;
  readonly body: Body;
  readonly password: string;
}

export interface RspamdAnswer {
  readonly action: string;
  readonly score: number;
  readonly rejectScore: number;
  readonly symbols: readonly { readonly name: string; readonly score: number }[];
}

const ANSWER_OCTETS = 1_048_576;
const RECIPIENTS = 100;
const SYMBOLS = 30;
const NAME_CHARACTERS = 80;

/** @throws saying why nothing is known */
export async function checkByRspamd(
  place: EnginePlace,
  question: RspamdQuestion,
  signal: AbortSignal,
): Promise<RspamdAnswer> {
  const { body } = question;
  const headers = fieldsOf(question);
  const { status, text } = await exchange(place, 'POST', '/checkv2', headers, signal, (to) =>
    pipeline(octetsOf(body), to),
  );
  if (status !== 200) throw new Error(`answers HTTP ${status}: ${printable(text)}`);
  return readAnswer(text);
}

/** @throws when it does not answer as rspamd does */
export async function pingRspamd(place: EnginePlace, signal: AbortSignal): Promise<void> {
  const { status } = await exchange(place, 'GET', '/ping', [], signal, async (to) => void to.end());
  if (status !== 200) throw new Error(`answers HTTP ${status} to /ping`);
}

/** Name and value in turn: a name may come several times. */
function fieldsOf(question: RspamdQuestion): readonly string[] {
  const { id, ip, helo, hostname, from, recipients, user, password, body } = question;
  const fields: [string, string][] = [
    ['Content-Length', String(body.sizeBytes)],
    ['Queue-Id', id],
    ['IP', ip],
    ['Helo', helo],
    ['Hostname', hostname],
    ['From', from],
    ...recipients.slice(0, RECIPIENTS).map((address): [string, string] => ['Rcpt', address]),
    ['User', user],
    ['Password', password],
  ];
  return fields.filter(([, value]) => value !== '').flatMap(([name, value]) => [name, inField(value)]);
}

/** As a field may hold it: octets of UTF-8, no controls. */
const inField = (value: string): string =>
  Buffer.from(value.replace(/[\x00-\x1f\x7f]/g, '?')).toString('latin1');

/** @throws when it is no answer of rspamd */
export function readAnswer(text: string): RspamdAnswer {
  const { action, score, required_score: rejectScore, symbols } = parse(text);
  if (typeof action !== 'string' || !isNumber(score)) throw new Error(`answers ${printable(text)}`);
  return {
    action: printable(action),
    score,
    rejectScore: isNumber(rejectScore) ? rejectScore : 0,
    symbols: symbolsOf(symbols),
  };
}

function symbolsOf(symbols: unknown): RspamdAnswer['symbols'] {
  const found: { name: string; score: number }[] = [];
  for (const [name, symbol] of Object.entries(symbols ?? {})) {
    const score = (symbol as { score?: unknown } | null)?.score;
    if (isNumber(score)) found.push({ name: printable(name), score });
  }
  return found.sort((a, b) => Math.abs(b.score) - Math.abs(a.score)).slice(0, SYMBOLS);
}

function parse(text: string): { readonly [name: string]: unknown } {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null) return read as { [name: string]: unknown };
  } catch {
    // Said below.
  }
  throw new Error(`answers what is no JSON: ${printable(text)}`);
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const printable = (text: string): string => text.replace(/[^\x20-\x7e]+/g, '?').slice(0, NAME_CHARACTERS);

async function exchange(
  place: EnginePlace,
  method: string,
  path: string,
  fields: readonly string[],
  signal: AbortSignal,
  write: (to: ClientRequest) => Promise<void>,
): Promise<{ readonly status: number; readonly text: string }> {
  const socket = await connect(place, signal);
  try {
    const answered = Promise.withResolvers<IncomingMessage>();
    const asked = request({
      method,
      path,
      headers: ['Host', 'rspamd', 'Connection', 'close', ...fields],
      createConnection: () => socket,
      signal,
    });
    asked.once('response', answered.resolve).on('error', answered.reject);
    // An answer may come before all is written, and ends the writing.
    write(asked).catch(answered.reject);
    const answer = await answered.promise;
    return { status: answer.statusCode ?? 0, text: await textOf(answer) };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    socket.destroy();
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let octets = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    octets += part.length;
    if (octets > ANSWER_OCTETS) throw new Error(`answers more than ${ANSWER_OCTETS} octets`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

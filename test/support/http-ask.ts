/** One HTTP request, its target and header fields exactly as a test writes them, which fetch would put right. */
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Asked extends RequestOptions {
  readonly port: number;
  readonly body?: string;
  /** PEM; asks over TLS. */
  readonly ca?: string | readonly string[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export function askHttp({ body = '', ca, ...asked }: Asked): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', agent: false as const, ...asked };
    const request = ca === undefined ? httpRequest(options) : httpsRequest({ ...options, ca: [ca].flat() });
    request.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      answer.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

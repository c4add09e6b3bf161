/** A part whose name is written as a trick wants it. */
import { mixed, plainPart, type Entity } from './mime.ts';
import { entityOf, type Payload } from './payloads.ts';

export const named =
  (disposition: (name: string) => string, type?: string) =>
  (payload: Payload): Entity =>
    mixed(
      plainPart,
      entityOf(payload, { disposition: disposition(payload.name), ...(type !== undefined && { type }) }),
    );

/** The name in Content-Type alone. */
export const typeNamed =
  (parameter: (name: string) => string, disposition = 'attachment') =>
  (payload: Payload): Entity =>
    mixed(
      plainPart,
      entityOf(payload, { type: `application/octet-stream${parameter(payload.name)}`, disposition }),
    );

/** A program of its own that makes one self-signed certificate: of the names on its command line, as JSON on stdout. */
import { selfSigned } from './self-signed.ts';

process.stdout.write(JSON.stringify(await selfSigned(process.argv.slice(2))));

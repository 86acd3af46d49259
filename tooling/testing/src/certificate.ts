import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { provide } from './provision.ts';

/** A self-signed certificate, as files and as text. */
export interface Certificate {
  certFile: string;
  keyFile: string;
  /** PEM text, to be trusted as `ca` and presented as `cert`. */
  cert: string;
  key: string;
}

/**
 * Makes a fresh self-signed certificate with openssl.
 *
 * @param directory - the folder that gets the two files
 * @param names - the names it is valid for
 * @returns the certificate and its key
 */
export async function makeCertificate(
  directory: string,
  names = 'DNS:localhost,IP:127.0.0.1',
): Promise<Certificate> {
  const openssl = await provide({ name: 'openssl', packages: ['openssl'] });
  const certFile = join(directory, 'cert.pem');
  const keyFile = join(directory, 'key.pem');
  await promisify(execFile)(
    openssl.path,
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'].concat(
      ['-keyout', keyFile, '-out', certFile, '-days', '2', '-subj', '/CN=localhost'],
      ['-addext', `subjectAltName=${names}`],
    ),
    { env: { ...process.env, ...openssl.env } },
  );
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { certFile, keyFile, cert, key };
}

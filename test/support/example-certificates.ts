import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Example, readExample } from '../../examples/example.ts'
import type { Certificates } from '../../examples/stubs.ts'
import { makeAuthority } from './certificates.ts'
import { createDirectory } from './cleanup.ts'

/** `gateway` and the backends that are named speak TLS by these, all of one authority. */
export function makeCertificates(named: NonNullable<Example['certificates']>): Certificates {
  const authority = makeAuthority()
  const pairs = Object.entries(named).map(([name, names]) => [name, authority.issue(name, ...names)] as const)
  return { ca: authority.cert, pairs: new Map(pairs) }
}

/** As files, for the gateway; their directory. */
export function writeCertificates({ ca, pairs }: Certificates): string {
  const directory = createDirectory()
  writeFileSync(join(directory, 'ca.crt'), ca)
  for (const [name, { cert, key }] of pairs) {
    writeFileSync(join(directory, `${name}.crt`), cert)
    writeFileSync(join(directory, `${name}.key`), key)
  }
  return directory
}

/** Variables that say where the certificates of an example are, where it has any. */
export async function certificatesOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const file = join(directory, 'example.yaml')
  const { certificates } = existsSync(file) ? await readExample(file) : {}
  return certificates ? { CERTS: writeCertificates(makeCertificates(certificates)) } : {}
}

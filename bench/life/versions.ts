/**
 * The project of bench/scenarios/home in numbered versions. The number is in the dictionary, in each service and in the
 * route: a service asks its backend for its own number, which comes back in the answer, and the colors are called after
 * it, so that files of two versions together have errors. What an answer mixes, the gateway has mixed.
 */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { markedServices, marks } from './marks.ts'
import { place } from './processes.ts'

export interface VersionedProject {
  readonly config: string
  /** Writes a version, or some files of it; each is replaced as a whole. */
  write(version: number, files?: readonly string[]): void
  remove(): void
}

export function createVersionedProject(): VersionedProject {
  const root = mkdtempSync(join(tmpdir(), 'tessera-life-'))
  cpSync(place('bench/scenarios/home'), root, { recursive: true })
  const files = ['dictionary.yaml', 'routes/home.yaml', ...markedServices.map((name) => `services/${name}.yaml`)]
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
  return {
    config: join(root, 'gateway.yaml'),
    write(version, some = files) {
      for (const file of some) replace(join(root, file), markText(file, texts.get(file)!, version))
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** The versions that an answer was made of, one a file that it shows. */
export function readVersions(page: unknown): number[] {
  const { versions } = page as { versions?: Record<string, number> }
  return Object.values(versions ?? {})
}

function markText(file: string, text: string, version: number): string {
  if (file === 'dictionary.yaml')
    return `${text}${markedServices.map((name) => `  v${version}.${name}: { type: integer }\n`).join('')}`
  if (file === 'routes/home.yaml') {
    const told = markedServices.map((name) => `      ${name}: $.v${version}.${name}\n`).join('')
    return substitute(file, text, /^ {2}body:\n/m, (body) => `${body}    versions:\n      route: ${version}\n${told}`)
  }
  const name = markedServices.find((service) => file === `services/${service}.yaml`)!
  const asked = substitute(file, text, /^ {4}get: .*$/m, (get) => `${get}?version=${version}`)
  const query = marks[name].inBody.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return substitute(file, asked, /^ {4}out: \{/m, (out) => `${out} v${version}.${name}: "$${query}",`)
}

function substitute(file: string, text: string, pattern: RegExp, change: (found: string) => string): string {
  if (!pattern.test(text)) throw new Error(`${file} of the scenario looks different now: it has no ${pattern}`)
  return text.replace(pattern, change)
}

/** As careful editors and deployments do. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}

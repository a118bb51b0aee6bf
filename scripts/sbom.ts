import { readFileSync } from 'node:fs'

/**
 * Prints what is shipped as CycloneDX 1.5, from the lock file alone. `npm sbom` leaves out what a tool of development
 * depends on as well (npm 11.19), and refuses a tree in which a package asks for a narrower version than it gets.
 */
interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = new URL('../', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, root), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Locked>> }
const { name, version, license, description } = read('package.json') as Record<string, string>

const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
const purlOf = (path: string) =>
  `pkg:npm/${nameOf(path).replace('@', '%40')}@${encodeURIComponent(packages[path]!.version ?? '')}`

/** The one that Node finds from there: the nearest on the way up. */
function find(from: string, wanted: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${wanted}`
    if (packages[path]) return path
    if (at === '') return undefined
    if (!at.includes('/node_modules/')) at = ''
  }
}

const dependsOn = (path: string) => {
  const { dependencies, optionalDependencies } = packages[path]!
  const found = Object.keys({ ...dependencies, ...optionalDependencies }).map((wanted) => find(path, wanted))
  return [...new Set(found.flatMap((one) => (one && !packages[one]!.dev ? purlOf(one) : [])))].sort()
}

const hashesOf = (integrity = '') =>
  integrity.split(' ').flatMap((text) => {
    const [, bits, digest] = /^sha(\d+)-(.+)$/.exec(text) ?? []
    return digest
      ? { alg: bits === '1' ? 'SHA-1' : `SHA-${bits}`, content: Buffer.from(digest, 'base64').toString('hex') }
      : []
  })

const own = `pkg:npm/${name}@${version}`
const components = shipped.map(([path, { version, integrity, license }]) => ({
  'bom-ref': purlOf(path),
  type: 'library',
  name: nameOf(path),
  version,
  purl: purlOf(path),
  hashes: hashesOf(integrity),
  ...(license && { licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }] }),
}))
const unique = [...new Map(components.map((one) => [one.purl, one])).values()].sort((a, b) =>
  a.purl < b.purl ? -1 : 1,
)
const edges = new Map(shipped.map(([path]) => [purlOf(path), dependsOn(path)]))

console.log(
  JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: {
        component: {
          'bom-ref': own,
          type: 'application',
          name,
          version,
          description,
          purl: own,
          licenses: [{ license: { id: license } }],
        },
      },
      components: unique,
      dependencies: [
        { ref: own, dependsOn: dependsOn('') },
        ...[...edges].sort(([a], [b]) => (a < b ? -1 : 1)).map(([ref, dependsOn]) => ({ ref, dependsOn })),
      ],
    },
    undefined,
    2,
  ),
)

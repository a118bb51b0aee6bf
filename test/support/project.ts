import type { ConfigTexts } from '../../src/config/texts.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { Snapshot } from '../../src/plan/snapshot.ts'

/**
 * A project as texts: `gateway`, `dictionary` (or `dictionary/NAME`), `services/NAME`, `routes/NAME`, `parts/NAME` and what
 * is included, `shared/NAME`; without the `.yaml`.
 */
export type ProjectFiles = Readonly<Record<string, string>>

/** A small world that most tests start from. */
export const world = {
  dictionary: `
colors:
  user.id: { type: string, sensitivity: pii }
  user.segment: { type: string, enum: [anonymous, new, vip] }
  geo.city: { type: string }
  product.list: { type: array, items: { type: object, properties: { id: { type: string } } } }
  product.ids: { type: array, items: { type: string } }
  product.prices: { type: array, items: { type: object } }
  price.list: { type: array, items: { type: object } }
  banner.list: { type: array }
  cart.sum: { type: number }
  order.total: { type: number }
  payment.token: { type: string, sensitivity: secret }
`,
  'services/reco': `
service: reco
endpoints: [http://127.0.0.1:9]
operations:
  recommend:
    get: /recommend/{geo.city}
    in: { user.segment: query.seg, user.id?: header.x-user-id }
    out: { product.list: $.items, product.ids: '$.items[*].id' }
`,
  'services/user': `
service: user
endpoints: [http://127.0.0.1:9]
operations:
  profile: { get: '/users/{user.id}', out: { user.segment: $.segment }, errors: { 401: session-expired } }
  pay: { post: /pay, in: { cart.sum: $.sum }, out: { payment.token: $.token } }
`,
  'services/content': `
service: content
endpoints: [http://127.0.0.1:9]
operations:
  banners: { get: /banners, out: { banner.list: $.banners } }
  prices: { get: /prices, in: { product.ids: query.ids }, out: { price.list: $.prices } }
`,
} satisfies ProjectFiles

export function projectTexts(files: ProjectFiles, env: Record<string, string> = {}): ConfigTexts {
  const file = (name: string) => ({ path: `${name}.yaml`, text: files[name] ?? '' })
  const within = (folder: string) =>
    Object.keys(files)
      .filter((name) => name.startsWith(folder))
      .sort()
      .map(file)
  return {
    gateway: file('gateway'),
    included: within('shared/'),
    dictionary: files['dictionary'] === undefined ? within('dictionary/') : [file('dictionary')],
    services: within('services/'),
    routes: within('routes/'),
    parts: within('parts/'),
    unreadable: [],
    env,
  }
}

/** Loads a project that must be right. */
export function loadProject(files: ProjectFiles, env: Record<string, string> = {}): Snapshot {
  const { snapshot, diagnostics } = buildSnapshot(projectTexts(files, env))
  if (snapshot) return snapshot
  throw new Error(`the project has faults:\n${diagnostics.map(describeDiagnostic).join('\n')}`)
}

/** `code file:line:column message` */
export function describeDiagnostic({ code, at, message, help }: Diagnostic): string {
  return `${code} ${at.file}:${at.line}:${at.column} ${message}${help ? ` (${help})` : ''}`
}

/**
 * Takes out the `«` that marks where a diagnostic should point; gives the files and the marked places
 * (`routes/home.yaml:3:9`), in the order of files and lines.
 */
export function takeMarks(files: ProjectFiles): { files: Record<string, string>; marks: string[] } {
  const marks: string[] = []
  const clean: Record<string, string> = {}
  for (const [name, text] of Object.entries(files)) {
    clean[name] = text
      .split('\n')
      .map((line, index) => {
        let rest = line
        for (let at = rest.indexOf('«'); at >= 0; at = rest.indexOf('«')) {
          marks.push(`${name}.yaml:${index + 1}:${at + 1}`)
          rest = rest.slice(0, at) + rest.slice(at + 1)
        }
        return rest
      })
      .join('\n')
  }
  return { files: clean, marks }
}

import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts } from '../project.ts'

/** The names that the language's page uses in its examples. */
export const pageWorld = {
  dictionary: `
colors:
  user.id: { type: string, description: Account id, sensitivity: pii }
  user.segment: { type: string, enum: [anonymous, new, vip] }
  user.name: { type: string }
  product.ids: { type: array, items: { type: string } }
  product.list: { type: array, items: { type: object, properties: { id: { type: string }, title: { type: string } } } }
  product.prices: { type: array, items: { type: object } }
  price.list: { type: array, items: { type: object } }
  banner.list: { type: array }
  geo.city: { type: string }
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
  popular: { get: /popular, out: { product.list: $.items, product.ids: '$.items[*].id' } }
`,
  'services/user': `
service: user
endpoints: [http://127.0.0.1:9]
operations:
  profile: { get: '/users/{user.id}', out: { user.segment: $.segment, user.name: $.name }, errors: { 404: user-missing } }
`,
  'services/content': `
service: content
endpoints: [http://127.0.0.1:9]
operations:
  banners: { get: /banners, out: { banner.list: $.banners } }
  promos: { get: /promos, out: { banner.list: $.promos } }
`,
  'services/pricing': `
service: pricing
endpoints: [http://127.0.0.1:9]
operations:
  prices: { get: /prices, in: { product.ids: query.ids }, out: { price.list: $.prices } }
`,
} satisfies ProjectFiles

/** Everything said about these files beside the page's world; hints about unused outputs only on request. */
export function diagnosticsOf(files: ProjectFiles, env: Record<string, string> = {}): Diagnostic[] {
  return [...buildSnapshot(projectTexts({ ...pageWorld, ...files }, env)).diagnostics]
}

/** What is said about one route, as `code file:line:column message (help)`; hints left out. */
export function complaintsAbout(route: string, files: ProjectFiles = {}, env: Record<string, string> = {}): string[] {
  return diagnosticsOf({ ...files, 'routes/home': route }, env)
    .filter((diagnostic) => diagnostic.severity !== 'hint')
    .map(describeDiagnostic)
}

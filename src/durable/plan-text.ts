import { createHash } from 'node:crypto'
import type { ConfigTexts } from '../config/texts.ts'
import type { SourceText } from '../yaml/source.ts'

/** Of how a plan is kept: one that is not known any more parks the runs that have it. */
const format = 1

/** What a run keeps of the configuration that it began with: its route, and all that the route may name. */
type PlanFiles = Pick<ConfigTexts, 'gateway' | 'included' | 'dictionary' | 'services' | 'parts' | 'routes'>

/** A plan as text, and the name that it is kept by. */
export interface PlanText {
  readonly hash: string
  readonly text: string
}

/** The plan of a route by its file: texts of files, in which variables and files of secrets are names. */
export function packPlan(texts: ConfigTexts, file: string): PlanText {
  const keep = ({ path, text }: SourceText) => ({ path, text })
  const { gateway, included = [], dictionary, services, parts = [], routes } = texts
  const text = JSON.stringify({
    format,
    gateway: keep(gateway),
    included: included.map(keep),
    dictionary: dictionary.map(keep),
    services: services.map(keep),
    parts: parts.map(keep),
    routes: routes.filter(({ path }) => path === file).map(keep),
  })
  return { hash: createHash('sha256').update(text).digest('hex'), text }
}

/** The same files among those of today: variables, secrets, definitions and extensions are today's. Undefined for a format that is not known. */
export function unpackPlan(text: string, today: ConfigTexts): ConfigTexts | undefined {
  const { format: written, ...files } = JSON.parse(text) as PlanFiles & { format: number }
  return written === format ? { ...today, ...files, unreadable: [], passedOver: [] } : undefined
}

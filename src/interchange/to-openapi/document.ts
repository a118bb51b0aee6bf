import type { AggregatedRoute, Route, Snapshot } from '../../plan/snapshot.ts'
import { everyMatch, type RouteMatch } from '../../routes/match.ts'
import { toName, UniqueNames } from '../names.ts'
import { describeBody, describeParameters } from './request.ts'
import { describeResponses, describeSharedResponses, problemSchema } from './responses.ts'
import { PublishedSchemas } from './schemas.ts'
import { describeSchemes, describeSecurity } from './security.ts'

export type OpenApi = Readonly<Record<string, unknown>>

/** The methods that a path item of OpenAPI 3.1 has. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * What the aggregated routes of a snapshot take and answer, as OpenAPI 3.1. Bodies are inferred from templates and the
 * types of colors; passthroughs are somebody else's API and are left out.
 */
export function describeApi(
  { routes: all, colors, settings, version, auth }: Snapshot,
  routes: readonly Route[] = all,
): OpenApi {
  const schemas = new PublishedSchemas(colors)
  const ids = new UniqueNames()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    if (route.kind !== 'aggregate' || !methods.includes(route.match.method)) continue
    for (const match of everyMatch(route.match)) {
      const path = printPath(match)
      paths[path] ??= {}
      // One path has one meaning here: of several hosts the first is told.
      paths[path][match.method.toLowerCase()] ??= describeOperation(route, ids, colors, schemas)
    }
  }
  const sorted = Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    openapi: '3.1.0',
    info: { title: settings.telemetry.service, version },
    servers: [{ url: '/' }],
    paths: Object.fromEntries(sorted),
    components: {
      responses: describeSharedResponses(),
      ...describeSchemes(auth.schemes),
      schemas: { ...schemas.components(), Problem: problemSchema },
    },
  }
}

function describeOperation(
  route: AggregatedRoute,
  ids: UniqueNames,
  colors: Snapshot['colors'],
  schemas: PublishedSchemas,
): OpenApi {
  const parameters = describeParameters(route, colors, schemas)
  const requestBody = describeBody(route, schemas)
  return {
    operationId: ids.take(toName(route.name, 'route'), '-'),
    ...(route.summary !== undefined && { summary: route.summary }),
    ...describeHosts(route),
    ...describeSecurity(route),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: describeResponses(route, schemas),
  }
}

function describeHosts({ match: { hosts = [] } }: AggregatedRoute): OpenApi {
  const exact = hosts.filter((host) => !host.startsWith('*'))
  return exact.length > 0 ? { servers: exact.map((host) => ({ url: `//${host}/` })) } : {}
}

/** `/files/{folder}/*rest` is `/files/{folder}/{rest}`: OpenAPI has no word for more than one segment. */
function printPath({ segments }: RouteMatch): string {
  return `/${segments.map((segment) => (segment.kind === 'literal' ? segment.text : `{${segment.name}}`)).join('/')}`
}

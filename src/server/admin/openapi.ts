import { readPackageVersion } from '../../version.ts'
import { STATUS_CODES } from '../http/node-http.ts'
import { type AdminEndpoint, integer, object, text } from './endpoint.ts'

const problem = object({ type: text, title: text, status: integer, 'detail?': text })

/** What the admin listener answers, as OpenAPI 3.1 has it. */
export function describeAdmin(endpoints: readonly AdminEndpoint[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method]: describe(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tessera, admin API',
      version: readPackageVersion(),
      description: 'What operators, their scripts and the console ask of a running gateway.',
    },
    paths,
    components: { schemas: { problem } },
  }
}

function describe({ role, summary, parameters, body, answers }: AdminEndpoint): object {
  const refused = { description: 'A problem (RFC 9457).', content: contentOf('application/problem+json', problemRef) }
  const told = Object.entries(answers).map(([status, { type, schema, description }]) => [
    status,
    { description: description ?? STATUS_CODES[Number(status)], content: contentOf(type, schema) },
  ])
  return {
    summary,
    ...(role && { description: `Takes the role \`${role}\`, where the listener asks who is there.` }),
    ...(parameters && { parameters: parameters.map((one) => ({ ...one, required: one.in === 'path' })) }),
    ...(body && { requestBody: { required: true, content: contentOf('application/json', body) } }),
    responses: { ...Object.fromEntries(told), default: refused },
  }
}

const problemRef = { $ref: '#/components/schemas/problem' }

function contentOf(type: string, schema: object) {
  return { [type]: { schema } }
}

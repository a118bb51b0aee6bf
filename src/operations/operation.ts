import * as z from 'zod'
import { encodeShape } from '../binding/encoding.ts'
import { headersShape } from '../binding/headers.ts'
import { colorKey, type Meaning, meaning, template } from '../binding/scalars.ts'
import { withRole } from '../binding/variables.ts'
import type { PolicyKinds } from '../calls/policy.ts'
import { addPolicyKeys, policyKeysOn } from './policies/keys.ts'
import { fallbackShape } from './policies/shapes.ts'
import { useShape } from './use.ts'

export const methods = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const
export type MethodKey = (typeof methods)[number]

const pathTemplate = withRole(
  z
    .string()
    .regex(/^\//, 'a path begins with /')
    .meta({
      'x-tessera': 'path-template' satisfies Meaning,
      description: 'Path, with {color} placeholders and maybe a literal query.',
      examples: ['/recommend/{geo.city}?sort=new'],
    }),
  'path',
)

const locator = withRole(z.string(), 'language')
const requestPart = meaning(locator, 'request-part')
const responsePart = meaning(locator, 'response-part')

const statusRange = z
  .union([z.int().min(100).max(599), z.string().regex(/^[1-5]\d\d(-[1-5]\d\d)?$/, 'write a status as 404 or 200-299')])
  .meta({ title: 'statuses', examples: [404, '200-299'] })

const decodeShape = z.enum(['json', 'form', 'text', 'xml', 'csv', 'events', 'bytes'])

/** The name of a file of GraphQL types. */
export const graphqlTypesShape = z
  .string()
  .regex(/\.(graphql|graphqls|gql)$/, 'a file of GraphQL types ends in .graphql')

const operationKeys = {
  summary: z.string().optional().describe('What it is for, in a line.'),
  get: pathTemplate.optional(),
  post: pathTemplate.optional(),
  put: pathTemplate.optional(),
  patch: pathTemplate.optional(),
  delete: pathTemplate.optional(),
  head: pathTemplate.optional(),
  graphql: withRole(z.string().min(1), 'language')
    .optional()
    .describe(
      'The text of a GraphQL query or mutation, sent by POST to `/graphql` or the path of `post`. `in` gives its variables (`variables.id`), `out` lies below `data`.',
    ),
  partial: z
    .boolean()
    .optional()
    .describe(
      'Whether a GraphQL answer that has `errors` beside its `data` is good enough; it is `graphql-error` by default.',
    ),
  grpc: z
    .string()
    .regex(/^\w+(\.\w+)*\/\w+$/, 'a method of gRPC is named package.Service/Method')
    .optional()
    .describe('A method of the service’s `proto`: one message for another.')
    .meta({ examples: ['stock.v1.Stock/Reserve'] }),
  in: z
    .record(colorKey, requestPart)
    .optional()
    .describe('Color: where it goes in the request; `color?` may be absent.'),
  out: z.record(colorKey, responsePart).optional().describe('Color: where it comes from in the response.'),
  body: template.optional().describe('Template of the body, in place of body locators.'),
  encode: encodeShape.optional().describe('What the body is written as; `json` by default.'),
  decode: z
    .union([decodeShape, z.array(decodeShape).min(1)])
    .optional()
    .describe(
      'What answers are read as, whatever their content type says; of a list, what it says. By default JSON, by its content type.',
    ),
  headers: headersShape.optional().describe('Headers to send: templates.'),
  ok: z
    .union([statusRange, z.array(statusRange).min(1)])
    .optional()
    .describe('Statuses that are success; 200-299 by default.'),
  errors: z
    .record(
      z.string().regex(/^[1-5]\d\d$/, 'a status, like 404'),
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'an error code is lower case words joined by -'),
    )
    .optional()
    .describe('Status: the error code it means.'),
  idempotent: z
    .boolean()
    .optional()
    .describe(
      'Whether it may be sent twice with the effect of once; GET, HEAD, PUT and DELETE may, and what a service promises here.',
    ),
  use: useShape.optional(),
  ...policyKeysOn('operation'),
  fallback: fallbackShape.optional(),
}

function hasOneMethod(definition: Record<string, unknown>): boolean {
  const used = methods.filter((method) => definition[method] !== undefined)
  if (definition['grpc'] !== undefined) return used.length === 0 && definition['graphql'] === undefined
  return definition['graphql'] === undefined ? used.length === 1 : used.every((method) => method === 'post')
}
const oneMethod = {
  message: `an operation has exactly one of ${methods.join(', ')}, \`grpc\`, or \`graphql\`, beside which \`post\` says its path`,
}

/** What `graphql` says itself, and what nothing else has. */
function fitsGraphql(definition: Record<string, unknown>): boolean {
  const others = definition['graphql'] === undefined ? ['partial', 'schema'] : ['body', 'encode', 'decode']
  return others.every((key) => definition[key] === undefined)
}
const ofGraphql = {
  message: '`graphql` has no `body`, `encode` and `decode`, and `partial` and `schema` are of `graphql` alone',
}

/** One operation of a service. */
export const operationShape = z
  .strictObject({
    ...operationKeys,
    schema: graphqlTypesShape
      .optional()
      .describe('The types that its query is held against, where they are others than those of its service.'),
  })
  .refine(hasOneMethod, oneMethod)
  .refine(fitsGraphql, ofGraphql)
  .meta({ description: 'One call that a service offers, colored.' })

/** An operation that an invoke writes in place. */
export const inlineOperationShape = z
  .strictObject({ service: meaning(z.string(), 'service').describe('The service that is called.'), ...operationKeys })
  .refine(hasOneMethod, oneMethod)
  .refine(fitsGraphql, ofGraphql)
  .meta({ description: 'An operation written in place.' })

/** The same by the policies that there are, in a service's file and in a step. */
export function createOperationShapes(kinds: PolicyKinds) {
  return {
    inService: addPolicyKeys(operationShape, 'operation', kinds),
    inStep: addPolicyKeys(inlineOperationShape, 'operation', kinds),
  }
}

export type OperationDefinition = z.output<typeof operationShape>

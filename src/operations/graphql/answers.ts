import type { Dialect } from '../../calls/dialect.ts'
import { mediaTypeOf } from '../../formats/content-type.ts'
import type { Body } from '../../json/body.ts'
import type { QueryDocument } from './document.ts'

const ofGraphql = 'application/graphql-response+json'

/**
 * What answers mean by GraphQL (https://graphql.github.io/graphql-over-http/draft/): a 200 with `errors` is a failure, unless
 * a part of the data is good enough.
 */
export function graphqlDialect(isPartialGood: boolean, operation: QueryDocument['operation'] | undefined): Dialect {
  const name = operation?.name?.value
  return {
    attributes: {
      ...(operation && { 'graphql.operation.type': operation.operation }),
      ...(name !== undefined && { 'graphql.operation.name': name }),
    },
    accept: `${ofGraphql}, application/json`,
    members,
    judge(body) {
      const [data, errors] = readMembers(body)
      const hasData = typeof data === 'object' && data !== null
      if (!Array.isArray(errors) || errors.length === 0) return hasData ? undefined : noAnswer
      return isPartialGood && hasData ? 'partial' : failed
    },
    // By its own media type a server says that it is GraphQL's answer, not that of something in front of it.
    codeOf: (status, contentType) => {
      const isOwn = contentType !== undefined && mediaTypeOf(contentType) === ofGraphql
      return isOwn && status >= 400 && status < 500 && status !== 429 ? failed.code : undefined
    },
  }
}

const members = ['data', 'errors'] as const

/** Of a body that stays bytes only the errors are parsed, where there are any. */
function readMembers(body: Body | undefined): unknown[] {
  if (body?.slices) return body.slices.slice(-members.length).map((slice) => slice?.value)
  const answer = body?.value as Partial<Record<string, unknown>> | null | undefined
  return members.map((name) => answer?.[name])
}

const failed = { code: 'graphql-error', detail: undefined } as const
const noAnswer = { code: 'invalid-response', detail: 'the answer is none of GraphQL: it has no data' } as const

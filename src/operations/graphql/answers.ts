import type { Dialect } from '../../calls/dialect.ts'
import { mediaTypeOf } from '../../formats/content-type.ts'

const ofGraphql = 'application/graphql-response+json'

/**
 * What answers mean by GraphQL (https://graphql.github.io/graphql-over-http/draft/): a 200 with `errors` is a failure, unless
 * a part of the data is good enough.
 */
export function graphqlDialect(isPartialGood: boolean): Dialect {
  return {
    accept: `${ofGraphql}, application/json`,
    judge(body) {
      const answer: unknown = body?.value
      if (typeof answer !== 'object' || answer === null) return noAnswer
      const { data, errors } = answer as { data?: unknown; errors?: unknown }
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

const failed = { code: 'graphql-error', detail: undefined } as const
const noAnswer = { code: 'invalid-response', detail: 'the answer is none of GraphQL: it has no data' } as const

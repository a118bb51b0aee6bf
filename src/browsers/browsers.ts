import type { CompressPolicy } from './coding/compress-shape.ts'
import { type Cors, compileCors, type SettableHeaders } from './cors.ts'
import type { CorsPolicy } from './cors-shape.ts'
import { compileSecurityHeaders, type SecurityHeadersPolicy } from './security-headers.ts'

/** What is said of browsers where a route stands: its own word, else the gateway's. */
export interface BrowsersPolicy {
  readonly cors?: CorsPolicy | false | undefined
  readonly securityHeaders?: SecurityHeadersPolicy | undefined
  readonly compress?: CompressPolicy | false | undefined
  /** Whether the route says itself that it is compressed. */
  readonly isOwnCompress?: boolean
}

/** What a route tells browsers, compiled. */
export interface Browsers {
  readonly policy: BrowsersPolicy
  /** Undefined where no page of another origin may read. */
  readonly cors: Cors | undefined
  /** Whether files say whose pages may: then what a service says of it does not count. */
  readonly saysCors: boolean
  /** What every answer carries, whatever it is. Undefined where that is nothing. */
  readonly answerHeaders: AnswerHeaders | undefined
}

/** Names and values in turn. @param isSecure whether the client came by TLS */
export type AnswerHeaders = (origin: string | undefined, isSecure: boolean) => readonly string[]

/** Undefined where nothing is said: then it costs nothing. */
export function compileBrowsers(policy: BrowsersPolicy, headers: SettableHeaders): Browsers | undefined {
  const { cors: whose, securityHeaders } = policy
  if (whose === undefined && !securityHeaders) return undefined
  const cors = whose ? compileCors(whose, headers) : undefined
  const answerHeaders = compileAnswerHeaders(cors, securityHeaders)
  return { policy, cors, saysCors: whose !== undefined, answerHeaders }
}

function compileAnswerHeaders(
  cors: Cors | undefined,
  securityHeaders: SecurityHeadersPolicy | undefined,
): AnswerHeaders | undefined {
  if (!securityHeaders) return cors?.answer
  const { plain, secure } = compileSecurityHeaders(securityHeaders)
  if (!cors) return (_origin, isSecure) => (isSecure ? secure : plain)
  return (origin, isSecure) => [...cors.answer(origin), ...(isSecure ? secure : plain)]
}

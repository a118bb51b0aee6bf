import type * as z from 'zod'
import type { Clock } from '../clock.ts'
import type { Notify } from '../telemetry/notice.ts'
import type { Credential, CredentialPlace, CredentialSource } from './credential.ts'
import type { Verdict } from './identity.ts'
import type { SignIn } from './sign-in.ts'

/** What schemes are opened with. */
export interface SchemeParts {
  /** As the gateway's file names it. */
  readonly scheme: string
  readonly clock: Clock
  /** What the file that it names holds. */
  readonly file: unknown
  /** Where browsers find the gateway; there where people sign in. */
  readonly publicUrl?: string | undefined
  readonly notify: Notify
}

/** A scheme at work. Nothing here throws or rejects: what cannot be told is a verdict too. */
export interface Verifier {
  /** The verdict, where it is known without asking or computing. */
  known?(credential: string): Verdict | undefined
  /** Whether a credential is its own, where others look at the same place; without it all are. */
  takes?(credential: string): boolean
  verify(credential: string): Verdict | Promise<Verdict>
  /** Where people sign in. */
  readonly signIn?: SignIn
  close?(): void
}

/** An operation of the gateway's services that tells who asks. */
export interface AskedOperation {
  /** `service.operation` */
  readonly operation: string
  /** Which of its outputs says who asks, and which what he is. */
  readonly subject: string
  readonly roles: string | undefined
}

/**
 * A way to find out who a request is of. Its schema, checks, reference and explanations follow from this; a new one is a
 * folder in `schemes/` and a line in its `index.ts`.
 */
export interface SchemeKind<Name extends string = string, Shape extends z.ZodType = z.ZodType> {
  /** The key that declares it. */
  readonly name: Name
  readonly example: string
  /** What people may write. */
  readonly shape: Shape
  /** The authentication scheme that a 401 asks for (RFC 9110 section 11.6.1). */
  readonly challenge: 'Bearer' | 'Basic' | 'ApiKey' | 'ClientCertificate' | 'Cookie'
  /** Whether browsers send its credentials by themselves, wherever they stand; of cookies that is known anyway. */
  readonly isAmbient?: boolean
  /** Whether people sign in by it, and come back to the gateway's `publicUrl`. */
  readonly signsIn?: boolean
  /** Where its credentials stand. @param scheme as the gateway's file names it */
  places(settings: z.output<Shape>, scheme: string): readonly CredentialPlace[]
  /** Finds them where they are no text at those places. */
  find?(settings: z.output<Shape>): (request: CredentialSource) => Credential | undefined
  /** Its key that names a file, from the one that says so; a URL is none. */
  readonly fileKey?: string
  /** What is wrong with what that file holds, if anything. */
  checkFile?(value: unknown): string | undefined
  /** The operation that is asked in place of `open`, with what a route knows before its steps. */
  asks?(settings: z.output<Shape>): AskedOperation
  /** In a few words, for explanations. */
  caption(settings: z.output<Shape>): string
  /** As a security scheme of OpenAPI 3.1, beside the places that it stands at. */
  describe?(settings: z.output<Shape>): Readonly<Record<string, unknown>>
  open(settings: z.output<Shape>, parts: SchemeParts): Verifier
}

/** Defines a scheme. */
export function defineScheme<const Name extends string, Shape extends z.ZodType>(
  kind: SchemeKind<Name, Shape>,
): SchemeKind<Name, Shape> {
  return kind
}

/** A scheme as the gateway's file declares it. */
export interface Scheme {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: a list of schemes holds kinds of any settings
  readonly kind: SchemeKind<string, any>
  readonly settings: unknown
  /** What the file that it names holds. */
  readonly file: unknown
  /** Where browsers find the gateway. */
  readonly publicUrl?: string | undefined
  /** Equal for schemes that are the same in all that they are made of. */
  readonly key: string
}

const url = /^[a-z][a-z0-9+.-]*:\/\//i

/** Whether a text names a file, not a place elsewhere. */
export function isFileName(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && !url.test(text)
}

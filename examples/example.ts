import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

/** What a stub answers to a request. */
export interface StubAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
  /** `50ms` */
  readonly delay?: string
  /** Cuts the connection instead. */
  readonly fail?: 'reset'
}

export interface StubEntry {
  /** `GET /path?query` */
  readonly request: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: unknown
  readonly answer: StubAnswer | readonly StubAnswer[]
}

/** A call of a method of gRPC: its message, as @grpc/grpc-js has it, and what is answered. */
export interface GrpcEntry {
  readonly message?: unknown
  readonly answer: GrpcAnswer | readonly GrpcAnswer[]
}

export interface GrpcAnswer {
  readonly message?: unknown
  /** `NOT_FOUND` */
  readonly code?: string
  readonly details?: string
}

export interface GrpcBackend {
  /** The file of its definition, from the example's folder. */
  readonly proto: string
  readonly methods: Readonly<Record<string, readonly GrpcEntry[]>>
}

export interface ExampleRequest {
  readonly name: string
  readonly send: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: unknown
    /** The name of the certificate that is shown. */
    readonly certificate?: string
  }
  readonly expect: {
    readonly status: number
    /** A header that is null must not be there. */
    readonly headers?: Readonly<Record<string, string | null>>
    /** Texts that stand in headers. */
    readonly contains?: Readonly<Record<string, readonly string[]>>
    readonly body?: unknown
    readonly text?: string
    /** JSONPath → value. */
    readonly match?: Readonly<Record<string, unknown>>
    /** JSONPaths of what must be there, whatever it is. */
    readonly has?: readonly string[]
    /** A text that must not stand in the body. */
    readonly without?: string
  }
}

/** An `example.yaml`. README.md says what each member means. */
export interface Example {
  readonly backends: Readonly<Record<string, readonly StubEntry[]>>
  readonly grpc?: Readonly<Record<string, GrpcBackend>>
  /** Certificates by their names, and whom each is for. A backend that has one speaks TLS, and `gateway`'s clients too. */
  readonly certificates?: Readonly<Record<string, readonly string[]>>
  readonly requests: readonly ExampleRequest[]
}

export async function readExample(file: string | URL): Promise<Example> {
  return parse(await readFile(file, 'utf8')) as Example
}

import type { Request, Response } from 'express'
import type { AdminRole } from '../../config/admin.ts'
import type { MetricWindows } from '../../telemetry/windows.ts'
import type { DurableRuns } from '../lifecycle/durable-runs.ts'
import type { ReloadResult } from '../lifecycle/reload.ts'
import type { Serving } from '../lifecycle/serving.ts'

export interface AdminParts {
  readonly serving: Serving
  readonly reload: () => Promise<ReloadResult>
  readonly lastReload: () => ReloadResult | undefined
  /** Names that it is asked by, besides those of this machine. */
  readonly hosts: readonly string[]
  /** Whether it is reached from this machine alone. */
  readonly isPrivate: boolean
  readonly durable: Pick<DurableRuns, 'limits' | 'control'>
  /** Undefined: it has no console. */
  readonly windows: MetricWindows | undefined
}

/** A JSON Schema, as OpenAPI has it. */
export type Schema = Readonly<Record<string, unknown>>

export interface AdminParameter {
  readonly in: 'query' | 'path'
  readonly name: string
  readonly description: string
  readonly schema: Schema
}

/** Something that the admin listener answers: served, guarded and described by what stands here. */
export interface AdminEndpoint {
  readonly method: 'get' | 'post' | 'delete'
  /** `/-/history/:id` */
  readonly path: string
  /** Who may ask; undefined: everybody. */
  readonly role: AdminRole | undefined
  readonly summary: string
  readonly parameters?: readonly AdminParameter[]
  /** Of what it takes, in JSON. */
  readonly body?: Schema
  /** What it answers when all is well: status → media type and schema. */
  readonly answers: Readonly<
    Record<number, { readonly type: string; readonly schema: Schema; readonly description?: string }>
  >
  readonly handle: (request: Request, response: Response) => void | Promise<void>
}

export const text: Schema = { type: 'string' }
export const number: Schema = { type: 'number' }
export const integer: Schema = { type: 'integer' }
export const flag: Schema = { type: 'boolean' }

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

/** An object; members whose names end in `?` may be absent. */
export function object(members: Readonly<Record<string, Schema>>): Schema {
  const properties = Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ''), schema] as const)
  const required = Object.keys(members).filter((name) => !name.endsWith('?'))
  return { type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) }
}

/** An answer in JSON. */
export function json(schema: Schema, status = 200) {
  return { [status]: { type: 'application/json', schema } } as const
}

/** What an object of members nobody lists has. */
export const anything: Schema = {}

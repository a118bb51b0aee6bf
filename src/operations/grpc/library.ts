import { createRequire } from 'node:module'

/** Only services with a `proto` have a use for it. */
export const loadProtobuf = () => createRequire(import.meta.url)('protobufjs') as typeof import('protobufjs')

export type { Enum, Field, MapField, Method, Root, Type } from 'protobufjs'

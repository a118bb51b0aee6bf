import { GatewayError } from '../../errors.ts'
import type { Reader, Template } from '../template/nodes.ts'
import { unifySchemas } from '../template/unify.ts'
import { defineOperator } from './operator.ts'

export const firstPresent = defineOperator<readonly Template[]>({
  name: '$default',
  keys: [],
  summary:
    'Gives the first of several values that is there and not null; one that fails for something absent is not there.',
  example: '{ $default: [ $.user.nick, $.user.name, guest ] }',
  parse({ $default }, parser) {
    if (Array.isArray($default) && $default.length > 0)
      return $default.map((value, i) => parser.template(value, '$default', i))
    parser.fault('invalid-value', '`$default` is a list of values', ['$default'])
    return undefined
  },
  parts: (values) => values.map((template, i) => ({ template, tolerant: i < values.length - 1 })),
  compile(values, compile) {
    const readers = values.map((value, i) => (i < values.length - 1 ? passOverAbsence(compile(value)) : compile(value)))
    return (document) => {
      for (const read of readers) {
        const value = read(document)
        if (value !== undefined && value !== null) return value
      }
      return undefined
    }
  },
  schema: (values, schemaOf) => unifySchemas(values.map((template) => schemaOf(template))),
  trace: (values, trace) => values.flatMap((template) => trace(template)),
})

/** An expression that fails for something absent gives nothing; any other failure stays one. */
export function passOverAbsence(read: Reader): Reader {
  return (document) => {
    try {
      return read(document)
    } catch (thrown) {
      if (thrown instanceof GatewayError && thrown.isAbsence) return undefined
      throw thrown
    }
  }
}

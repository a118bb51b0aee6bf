import * as z from 'zod'
import { EnvText } from '../environment.ts'
import { parseCount, parseDuration, parseRate, parseShare, parseSize } from '../expressions/units.ts'
import { secretKeys } from '../redaction.ts'
import { withRole } from './variables.ts'

/** What a text stands for, of which its type tells nothing. */
export type Meaning =
  | 'color'
  | 'operation'
  | 'service'
  | 'part'
  /** Of `auth` in the gateway's file. */
  | 'scheme'
  | 'preset'
  | 'error-code'
  | 'template'
  | 'condition'
  | 'path-template'
  | 'request-part'
  | 'response-part'
  /** An operation or the id of a step, as tests name calls. */
  | 'call'

/** Says what a text stands for, in the schema too (`x-tessera`): editors complete it, explain it and go where it is from. */
export function meaning<Schema extends z.ZodType>(schema: Schema, what: Meaning): Schema {
  return schema.meta({ 'x-tessera': what })
}

/** A text, or one that names files, which is read whenever it is needed. What is neither is not quoted: it may be a secret. */
export function liveText(text: z.ZodString = z.string().min(1)) {
  return z.union([text, z.instanceof(EnvText, { error: 'expected text' }).meta({ type: 'string' })])
}

/** Members of a mapping that hold secrets: their values are in no message, and masked in lines that people are shown. */
export function secretMembers<Shape extends Record<string, z.ZodType>>(shape: Shape): Shape {
  for (const key of Object.keys(shape)) secretKeys.add(key)
  return shape
}

/** A scalar with a unit: text in the file, a number once checked. */
function unitScalar(
  kind: string,
  example: string,
  pattern: string,
  parse: (text: string | number) => number | undefined,
  isShort: (value: number) => boolean = () => false,
) {
  return z
    .union([z.string(), z.number()])
    .transform((text, context) => {
      const value = parse(text)
      if (value !== undefined && !isShort(value)) return value
      context.addIssue({
        code: 'custom',
        message: value === undefined ? `\`${text}\` is not a ${kind}` : `\`${text}\` is no time at all`,
        params: { help: `write it like ${example}` },
      })
      return z.NEVER
    })
    .meta({
      title: kind,
      description: `A ${kind}, like ${example}.`,
      examples: [example.split(' ')[0]],
      // Before the environment is filled in, a reference to it stands here.
      pattern: `${pattern}|[$][{]env[.]`,
    })
}

/** `150ms`, `3s`, `10m`, `1h`, `7d` → milliseconds. */
export const duration = unitScalar('duration', '150ms or 3s', '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', parseDuration)
/** A duration that something may take: longer than no time at all. */
export const timeSpan = unitScalar(
  'duration',
  '150ms or 3s',
  '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
  parseDuration,
  (ms) => ms === 0,
)
/** `64KB`, `2MB` → bytes. */
export const size = unitScalar('size', '64KB or 2MB', '^\\d+(\\.\\d+)?(B|KB|MB|GB)$', parseSize)
/** `1000`, `10K`, `2M` → a number. */
export const count = unitScalar('count', '1000 or 2M', '^\\d+(\\.\\d+)?[KM]?$', parseCount)
/** `100/s` → per second. */
export const rate = unitScalar('rate', '100/s', '^\\d+(\\.\\d+)?/(s|m|h)$', parseRate)
/** `50%` → 0..1. */
export const share = unitScalar('share', '50%', '^\\d+(\\.\\d+)?%$', parseShare)

/** Any YAML value in which strings may be paths and expressions (expressions/template.ts reads it). */
export const template = withRole(
  z.any().meta({
    id: 'template',
    'x-tessera': 'template' satisfies Meaning,
    description: 'A template: any YAML value; strings that begin with $ are JSONPath, ${ … } is CEL.',
  }),
  'template',
)

/** A CEL expression, with or without `${ }` around it. */
export const condition = withRole(
  z
    .union([z.string(), z.boolean()])
    .transform(String)
    .meta({
      title: 'condition',
      'x-tessera': 'condition' satisfies Meaning,
      description: 'A CEL expression that gives true or false.',
      examples: ["user.segment == 'vip'"],
    }),
  'language',
)

/** The name of a color, `?` behind it where it may be absent. */
export const colorKey = meaning(z.string().describe('A color of the dictionary.'), 'color')

const errorCode = meaning(z.string(), 'error-code')

/** A list of error codes: `timeout`, `http-503`, `http-5xx`, `all`, … */
export const errorCodes = withRole(
  z
    .union([errorCode, z.array(errorCode).min(1)])
    .transform((codes) => (typeof codes === 'string' ? [codes] : codes))
    .meta({
      title: 'error codes',
      description: 'Error codes, `http-4xx`, `http-5xx` or `all`; one alone needs no list.',
    }),
  'list',
)

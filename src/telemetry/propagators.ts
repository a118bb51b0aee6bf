import { parseTraceparent, printTraceparent, sampledFlag, type TraceHeaders, type Traceparent } from './traceparent.ts'

/** In which headers traces come and go on (`OTEL_PROPAGATORS`). Inside they are W3C's, whatever was sent. */
export interface Propagators {
  /** What a caller sent, as W3C has it. */
  read(headers: CallerHeaders): TraceHeaders
  /** The headers of a call, names and values in turn; undefined where `traceparent` is the only one. */
  readonly write: ((traceparent: string) => readonly string[]) | undefined
  /** What is read and written beside W3C's. */
  readonly names: ReadonlySet<string>
}

export type CallerHeaders = TraceHeaders & Readonly<Record<string, string | readonly string[] | undefined>>

interface Format {
  readonly names: readonly string[]
  read(headers: CallerHeaders): Traceparent | undefined
  write(trace: Traceparent): readonly string[]
}

const tracecontext: Format = {
  names: [],
  read: ({ traceparent }) => parseTraceparent(traceparent),
  write: ({ traceId, parentId, flags }) => ['traceparent', printTraceparent(traceId, parentId, flags)],
}

/** https://github.com/openzipkin/b3-propagation: `TRACE-SPAN-SAMPLED-PARENT`; a bare `0` or `1` begins no trace. */
const b3: Format = {
  names: ['b3'],
  read({ b3: header }) {
    if (typeof header !== 'string') return undefined
    const [traceId, spanId, sampled] = header.split('-')
    return traceOf(traceId, spanId, sampled === '1' || sampled === 'd')
  },
  write: ({ traceId, parentId, flags }) => ['b3', `${traceId}-${parentId}-${flags & sampledFlag}`],
}

const b3multi: Format = {
  names: ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'x-b3-flags', 'x-b3-parentspanid'],
  read(headers) {
    const isSampled = headers['x-b3-sampled'] === '1' || headers['x-b3-sampled'] === 'true'
    return traceOf(headers['x-b3-traceid'], headers['x-b3-spanid'], isSampled || headers['x-b3-flags'] === '1')
  },
  write: ({ traceId, parentId, flags }) => [
    'x-b3-traceid',
    traceId,
    'x-b3-spanid',
    parentId,
    'x-b3-sampled',
    String(flags & sampledFlag),
  ],
}

/** https://www.jaegertracing.io/docs/1.22/client-libraries/#propagation-format: `TRACE:SPAN:PARENT:FLAGS` */
const jaeger: Format = {
  names: ['uber-trace-id'],
  read({ 'uber-trace-id': header }) {
    if (typeof header !== 'string') return undefined
    const [traceId, spanId, , flags = ''] = header.replaceAll(/%3a/gi, ':').split(':')
    return traceOf(traceId, spanId?.padStart(16, '0'), (Number.parseInt(flags, 16) & sampledFlag) !== 0)
  },
  write: ({ traceId, parentId, flags }) => ['uber-trace-id', `${traceId}:${parentId}:0:${flags & sampledFlag}`],
}

const formats: Readonly<Record<string, Format>> = { tracecontext, b3, b3multi, jaeger }

const usual: Propagators = { read: (headers) => headers, write: undefined, names: new Set() }

/** Reads `OTEL_PROPAGATORS`: `tracecontext,baggage` unless given. `warn` hears of what there is not. */
export function readPropagators(
  { OTEL_PROPAGATORS: text }: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): Propagators {
  const listed = [...new Set(text?.split(',').map((name) => name.trim()) ?? [])].filter((name) => name !== '')
  if (listed.length === 0) return usual
  for (const name of listed) {
    if (name !== 'baggage' && name !== 'none' && !Object.hasOwn(formats, name))
      warn(`OTEL_PROPAGATORS: ${name} is not a propagator we know`)
  }
  const isNone = listed.includes('none')
  const chosen = isNone ? [] : listed.flatMap((name) => (Object.hasOwn(formats, name) ? formats[name]! : []))
  const takesBaggage = !isNone && listed.includes('baggage')
  const isW3cOnly = chosen.length === 1 && chosen[0] === tracecontext
  if (isW3cOnly && takesBaggage) return usual
  return {
    read(headers) {
      const baggage = takesBaggage ? headers.baggage : undefined
      for (const format of chosen) {
        const trace = format.read(headers)
        if (!trace) continue
        const traceparent = printTraceparent(trace.traceId, trace.parentId, trace.flags)
        return { traceparent, tracestate: format === tracecontext ? headers.tracestate : undefined, baggage }
      }
      return { baggage }
    },
    write: isW3cOnly
      ? undefined
      : (traceparent) => {
          const trace = parseTraceparent(traceparent)!
          return chosen.flatMap((format) => format.write(trace))
        },
    names: new Set(chosen.flatMap(({ names }) => names)),
  }
}

/** Ids of 64 bits are the right half of one of 128. */
function traceOf(traceId: unknown, spanId: unknown, isSampled: boolean): Traceparent | undefined {
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined
  const trace = traceId.toLowerCase().padStart(32, '0')
  return parseTraceparent(`00-${trace}-${spanId.toLowerCase()}-0${isSampled ? 1 : 0}`)
}

import { type Position, within } from '../../binding/shape.ts'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import { type Difference, findDifferences } from '../difference.ts'
import type { SentCall } from '../sent-call.ts'
import type { SentRequest } from '../shape.ts'
import { compileWantedText } from './wanted.ts'

export type SentComparison = (sent: SentCall) => Difference[]

/** Compares what a backend was sent with what is wanted of it; only what is named is looked at. */
export function compileSentRequest(
  wanted: SentRequest,
  position: Position,
  diagnostics: DiagnosticCollector,
): SentComparison {
  const texts = (part: 'query' | 'headers') =>
    Object.entries(wanted[part] ?? {}).map(([name, value]) => {
      const compare = compileWantedText(value, within(position, part, name), diagnostics)
      const key = part === 'headers' ? name.toLowerCase() : name
      return (sent: SentCall) => compare(sent[part][key], `${part}.${name}`)
    })
  const parts: SentComparison[] = [...texts('query'), ...texts('headers')]
  const { method, path, body } = wanted
  if (method !== undefined) parts.push((sent) => findDifferences(method.toUpperCase(), sent.method, 'method'))
  if (path !== undefined) {
    parts.push((sent) => findDifferences(path, path.includes('?') ? sent.target : sent.path, 'path'))
  }
  if (body !== undefined) parts.push((sent) => findDifferences(body, sent.body, 'body'))
  return (sent) => parts.flatMap((compare) => compare(sent))
}

import { splitList } from '../header-list.ts'
import type { Outcome } from './outcome.ts'

/** What only caches that many share heed. */
const shared = /^(?:public|s-maxage\s*=.*|proxy-revalidate)$/i

/** `Cache-Control` of an answer that is for the one who asked. */
export function privateControl(control: string | readonly string[] | undefined): string {
  const kept = splitList([control ?? []].flat().join(', ')).filter((directive) => !shared.test(directive))
  const isKept = kept.some((directive) => /^(?:private|no-store)$/i.test(directive))
  return (isKept ? kept : ['private', ...kept]).join(', ')
}

/** The same of headers, names and values in turn. */
export function makeHeadersPrivate(headers: readonly string[]): string[] {
  const kept: string[] = []
  const controls: string[] = []
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]!.toLowerCase() === 'cache-control') controls.push(headers[at + 1]!)
    else kept.push(headers[at]!, headers[at + 1]!)
  }
  return [...kept, 'cache-control', privateControl(controls)]
}

/** Tells caches that many share to keep nothing of it. */
export function makePrivate(outcome: Outcome): Outcome {
  if (outcome.kind === 'passed-on') return outcome
  const control = privateControl(outcome.headers['cache-control'])
  return { ...outcome, headers: { ...outcome.headers, 'cache-control': control } }
}

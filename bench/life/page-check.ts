import type { Exchange } from './constant-rate.ts'

/** Why an exchange gave no page; undefined when it did. */
export function findFailure({ answer, failure }: Exchange): string | undefined {
  if (answer === undefined) return failure ?? 'no answer'
  return answer.status === 200 ? undefined : `status ${answer.status}: ${answer.body.toString().slice(0, 200)}`
}

/** What the gateway says is missing in a page; undefined when it is whole. */
export function findDegradation({ answer }: Exchange): string | undefined {
  return /\r\ntessera-degraded: *(.*)/i.exec(answer?.head ?? '')?.[1]
}

/** Why an exchange gave no whole page. */
export function findTrouble(exchange: Exchange): string | undefined {
  return findFailure(exchange) ?? findDegradation(exchange)
}

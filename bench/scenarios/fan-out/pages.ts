import type { Bodies, Page } from '../../harness/scenario.ts'
import { describeProducts } from '../home/products.ts'

/** Calls at once, each to a service of its own, all with bodies of one size. */
export interface FanOut {
  readonly calls: number
  /** Of each body, about. */
  readonly kilobytes: number
  /** Whole bodies, or the fields of their items. */
  readonly answer: 'mapped' | 'whole'
}

/** `s01`, `s02`, … */
export function nameServices(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${String(index + 1).padStart(2, '0')}`)
}

const bytesPerProduct = 850
const fewConnections = 8

/** What the services answer to all of these pages. */
export function describeBodies(pages: readonly FanOut[]): Bodies {
  const services = nameServices(Math.max(...pages.map(({ calls }) => calls)))
  const sizes = [...new Set(pages.map(({ kilobytes }) => kilobytes))]
  return Object.fromEntries(
    services.map((service, at) => [
      service,
      Object.fromEntries(sizes.map((kilobytes) => [`/${kilobytes}kb`, describeBody(kilobytes, at)])),
    ]),
  )
}

export function describePage(page: FanOut): Page {
  const { calls, kilobytes, answer } = page
  const told = nameServices(calls).map((service, at) => [
    service,
    answer === 'whole' ? describeBody(kilobytes, at) : describeItems(kilobytes, at).map((item) => item.page),
  ])
  return {
    path: `${locatePage(page)}?city=hangzhou`,
    headers: {},
    answer: { ...(answer === 'mapped' && { city: 'hangzhou' }), ...Object.fromEntries(told) },
    ...(calls * kilobytes > 300 && { mostConnections: fewConnections }),
  }
}

export function locatePage({ calls, kilobytes, answer }: FanOut): string {
  return `/${answer}/${calls}/${kilobytes}kb`
}

function describeBody(kilobytes: number, at: number): unknown {
  return { request_id: `r-${at}`, model: 'home-v12', items: describeItems(kilobytes, at).map((item) => item.backend) }
}

/** Each service has products of its own. */
function describeItems(kilobytes: number, at: number) {
  const count = Math.round((kilobytes * 1024) / bytesPerProduct)
  return describeProducts(count, at * count)
}

import type { ProjectFiles } from './project.ts'

/** A shop whose orders are reserved, charged and shipped; each can be undone. */
export function orderWorld(url: string, route: string): ProjectFiles {
  return {
    gateway: 'stores: { durable: ../data }',
    dictionary: `
colors:
  order.id: { type: string }
  stock.id: { type: string }
  payment.id: { type: string }
  parcel.id: { type: string }
  label.id: { type: string }
`,
    'services/shop': `
service: shop
endpoints: ["${url}"]
timeout: 20s
operations:
  reserve: { post: /reserve, in: { order.id: $.order }, out: { stock.id: $.id } }
  release: { post: /release, idempotent: true, in: { order.id: $.order, stock.id?: $.stock } }
  charge: { post: /charge, in: { order.id: $.order }, out: { payment.id: $.id } }
  refund: { post: /refund, idempotent: true, in: { order.id: $.order, payment.id?: $.payment } }
  ship: { post: /ship, in: { order.id: $.order }, out: { parcel.id: $.id } }
  label: { put: /label, in: { order.id: $.order }, out: { label.id: $.id } }
`,
    'routes/order': `match: POST /orders\ndurable: true\nin: { order.id: $.order }\n${route}`,
  }
}

/** Each of three calls is undone when the next one fails. */
export const orderRoute = `do:
  - { invoke: shop.reserve, compensate: { invoke: shop.release, retry: { delay: 1ms } } }
  - { invoke: shop.charge, compensate: { invoke: shop.refund, retry: { delay: 1ms } } }
  - parallel: [ { invoke: shop.ship }, { invoke: shop.label } ]
response: { status: 201, body: { payment: $.payment.id, parcel: $.parcel.id, label: $.label.id } }
`

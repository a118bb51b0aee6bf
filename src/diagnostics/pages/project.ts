/** The project that every example is a part of: a dictionary and a few services. Its routes are the example's. */
export const exampleProject: Readonly<Record<string, string>> = {
  'config/gateway.yaml': 'listen: 8080\n',
  'config/dictionary.yaml': `colors:
  geo.city:      { type: string }
  user.id:       { type: string, sensitivity: pii }
  user.name:     { type: string, sensitivity: pii }
  user.segment:  { type: string, enum: [anonymous, new, vip] }
  product.ids:   { type: array, items: { type: string } }
  product.list:  { type: array }
  banner.list:   { type: array }
  cart.sum:      { type: number }
  cart.total:    { type: number }
  order.id:      { type: string }
  payment.token: { type: string, sensitivity: secret }
`,
  'config/services/users.yaml': `service: users
endpoints: [http://127.0.0.1:9003]
operations:
  profile: { get: '/users/{user.id}', out: { user.name: $.name }, errors: { 404: user-missing } }
  segment: { get: '/users/{user.id}/segment', out: { user.segment: $.segment } }
`,
  'config/services/reco.yaml': `service: reco
endpoints: [http://127.0.0.1:9004]
operations:
  recommend: { get: /recommend, in: { user.segment: query.segment }, out: { product.ids: '$.items[*].id' } }
`,
  'config/services/catalog.yaml': `service: catalog
endpoints: [http://127.0.0.1:9002]
operations:
  products: { get: /products, in: { product.ids: query.ids }, out: { product.list: $.items } }
`,
  'config/services/content.yaml': `service: content
endpoints: [http://127.0.0.1:9001]
operations:
  banners: { get: /banners, out: { banner.list: $.items } }
`,
  'config/services/orders.yaml': `service: orders
endpoints: [http://127.0.0.1:9005]
operations:
  pay: { post: /payments, in: { cart.sum: $.sum }, out: { order.id: $.id } }
  refund: { post: /refunds, idempotent: true, in: { cart.sum: $.sum, order.id?: $.order } }
`,
}

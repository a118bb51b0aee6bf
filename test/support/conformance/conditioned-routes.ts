/** Correct routes whose conditions must be understood: what one proves, and which of two holds. */
export const conditionedRoutes: Record<string, string> = {
  'two conditions of which one holds': `
match: GET /complements
in: { user.id?: header.x-user-id, geo.city: query.city }
do:
  - when: has(user.id)
    invoke: user.profile
  - when: '!has(user.id)'
    assign: { user.segment: anonymous }
  - invoke: reco.recommend
response: { body: $.product.list }
`,
  'one condition asked twice': `
match: GET /again
in: { user.id?: header.x-user-id, geo.city: query.city }
do:
  - when: has(user.id)
    invoke: user.profile
  - invoke: content.banners
  - when: has(user.id) && geo.city == 'paris'
    invoke: reco.recommend
response: { body: { list: $.product.list, banners: $.banner.list } }
`,
  'two comparisons of which one holds': `
match: GET /compared
in: { user.id: header.x-user-id, geo.city: query.city }
do:
  - when: geo.city == 'paris'
    assign: { user.segment: vip }
  - when: geo.city != 'paris'
    invoke: user.profile
  - invoke: reco.recommend
response: { body: $.product.list }
`,
  'a guard that ends the route, behind what it guards': `
match: GET /late-guard
in: { user.id?: header.x-user-id, geo.city: query.city }
do:
  - parallel:
      - when: has(user.id)
        invoke: user.profile
      - invoke: content.banners
  - when: '!has(user.id)'
    respond: { status: 401, body: $.banner.list }
  - invoke: reco.recommend
response: { body: $.product.list }
`,
}

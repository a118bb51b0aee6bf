import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { buildGraph } from '../../../src/describe/graph/build.ts'
import { flatten } from '../../../src/describe/graph/flat.ts'
import { graphFormats } from '../../../src/describe/graph/formats.ts'
import { anyShape, graphOf } from '../../support/graph/shapes.ts'
import { loadRoute } from '../../support/route.ts'

const text = `
in: { user.id?: query.u, geo.city: query.c }
do:
  - branch:
      - when: has(user.id)
        do:
          - try: [ { invoke: user.profile } ]
            catch: [ { errors: [session-expired], do: [ { throw: { error: signed-out, status: 401 } } ] } ]
      - default: [ { assign: { user.segment: anonymous } } ]
  - parallel:
      - invoke: reco.recommend
        fallback: { lastGood: 10m }
      - { invoke: content.banners, optional: true }
response: { body: { list: $.product.list, banners: $.banner.list } }`

const { route, snapshot } = loadRoute(text)
const graph = buildGraph(route, snapshot)

test('mermaid draws lanes, branches, catches and fallbacks, with colors on the arrows', () => {
  expect(graphFormats.mermaid(graph)).toBe(`---
title: "home: GET /home"
---
flowchart TD
  n1(["GET /home"]):::terminalNode
  n2{" "}
  n5["throw signed-out<br/>401"]:::errorNode
  n6("assign<br/>user.segment = anonymous")
  n7(( ))
  n8@{ shape: fork, label: " " }
  n9["reco.recommend<br/>GET /recommend/#123;geo.city#125;"]:::callNode
  n10["last good answer, up to 10m old"]:::fallbackNode
  n11["content.banners<br/>GET /banners"]:::callNode
  n12["left out"]:::fallbackNode
  n13@{ shape: fork, label: " " }
  n14(["respond 200"]):::terminalNode
  subgraph g1["try"]
    n3(( ))
    n4["user.profile<br/>GET /users/#123;user.id#125;"]:::callNode
  end
  n1 -->|"geo.city, user.id"| n2
  n2 -->|"has(user.id)"| n3
  n3 --> n4
  n3 -.->|"session-expired"| n5
  n2 -->|"otherwise"| n6
  n4 -->|"user.segment"| n7
  n6 -->|"user.segment"| n7
  n7 --> n8
  n8 --> n9
  n9 -.-> n10
  n8 --> n11
  n11 -.-> n12
  n9 -->|"product.list"| n13
  n11 -->|"banner.list"| n13
  n13 --> n14
  linkStyle 3 stroke:#c2410c,color:#c2410c
  classDef callNode stroke:#4f5bd5
  classDef errorNode stroke:#c2410c
  classDef answerNode stroke:#15803d
  classDef terminalNode stroke:#15803d
  classDef fallbackNode stroke:#7c5a12,stroke-dasharray:4 3
  style g1 fill:transparent,stroke:#98a2b3
`)
})

test('DOT has a cluster for a try, dashed arrows to fallbacks and red ones to catches', () => {
  const dot = graphFormats.dot(graph)
  expect(dot).toContain('digraph "home" {')
  expect(dot).toContain('subgraph cluster_g1 {\n    label="try"')
  expect(dot).toContain('n9 -> n10 [style=dashed, color="#7c5a12"]')
  expect(dot).toContain('n3 -> n5 [label="session-expired", color="#c2410c"]')
})

test('JSON is the graph itself', () => {
  expect(JSON.parse(graphFormats.json(graph))).toEqual(JSON.parse(JSON.stringify(graph)))
})

describe('whatever a route is called and does', () => {
  const hostile = graphOf({
    shape: 'step',
    id: 's',
    kind: 'assign',
    name: 's',
    title: '"] --> x; end %% `*_',
    lines: ['\\"}\n#quot;'],
    calls: false,
    needs: [],
    gives: [],
    fallbacks: [],
    optional: false,
    ends: undefined,
    at: 'a:1:1',
  })

  test('mermaid takes it as text', () => {
    const [line] = graphFormats
      .mermaid(hostile)
      .split('\n')
      .filter((text) => text.includes('n2('))
    expect(line).toMatch(/^ {2}n2\("[^"]*"\)$/)
    expect(line).not.toMatch(/[`*_;](?<!#\d+;)/)
  })

  test('DOT takes it as text', () => {
    expect(graphFormats.dot(hostile)).toContain('label="\\"] --> x; end %% `*_\\n\\\\\\"}\\n#quot;"')
  })
})

test('every arrow joins two nodes, and where no way ends early every node but the first is reached', () => {
  fc.assert(
    fc.property(anyShape, (shape) => {
      const { nodes, arrows } = flatten(graphOf(shape))
      const ids = new Set(nodes.map(({ id }) => id))
      expect(arrows.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([])
      fc.pre(nodes.every(({ kind }) => kind !== 'error' && kind !== 'answer'))
      const reached = new Set(arrows.map(({ to }) => to))
      expect(nodes.slice(1).filter(({ id }) => !reached.has(id))).toEqual([])
    }),
  )
})

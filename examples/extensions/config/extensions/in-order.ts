import { type Candidate, defineBalancer, type Weighted } from 'tessera'

export const inOrder = defineBalancer({
  name: 'in-order',
  summary: 'The first endpoint of the list, and the second only after it failed',
  create<Node extends Candidate>() {
    let nodes: Node[] = []
    return {
      update(candidates: readonly Weighted<Node>[]) {
        nodes = candidates.map(({ node }) => node)
      },
      pick: (avoid: Node | undefined) => nodes.find((node) => node !== avoid) ?? nodes[0]!,
    }
  },
})

import { isEnd, type RunState, runStates, transitions } from '../../../src/durable/state.ts'
import { code, page, sentence, table } from '../markdown.ts'

/** What a durable run may be at, and how it gets there. */
export function renderRuns(): string {
  const states = Object.entries(runStates).map(([name, says]) => [
    code(name),
    sentence(says),
    isEnd(name as RunState) ? 'yes' : 'no',
  ])
  const names = (list: readonly string[]) => list.map((name) => (name === 'begin' ? 'new' : code(name))).join(', ')
  const ways = transitions.map(({ from, to, by }, index) => [String(index + 1), names(from), names(to), sentence(by)])
  return page(
    'States of durable runs',
    'What a run of a durable route is at, and all that may become of it. A test holds runs to this table, whatever fails and wherever they crash.',
    '![The states of a durable run](../images/run-states.svg)',
    table(['state', 'meaning', 'end'], states),
    '## Ways',
    table(['no.', 'from', 'to', 'by'], ways),
    'After a crash a run is at what it was recorded to be at, and goes on from there.',
  )
}

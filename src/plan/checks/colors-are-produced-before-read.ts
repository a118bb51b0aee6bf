import type { Language } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { keepsInside } from '../../steps/fork.ts'
import type { BoundStep } from '../../steps/step.ts'
import { type BoundRoute, everyStep } from '../bound-route.ts'
import { walkDataflow } from '../dataflow.ts'
import type { Knowledge } from '../knowledge.ts'
import type { RouteCheck } from './check.ts'
import { describeStep } from './describe-step.ts'

/**
 * What is read was written before, on every way that leads to the read where its absence would fail a call; and what
 * runs at the same time neither reads nor writes what the other writes.
 */
export const colorsAreProducedBeforeRead: RouteCheck = (route, language) => {
  const { diagnostics } = language
  const leftToClient = new Set(route.inputs.filter(({ certain }) => !certain).map(({ color }) => color))
  const producers = findProducers(route)
  const callNames = [...everyStep(route.body)].filter((step) => step.call).map((step) => step.name)

  const unknownCalls = new Set<string>()

  const checkColor = (color: string, read: Read, known: Knowledge) => {
    const sibling = known.contestedColors.get(color)
    const presence = known.colors.get(color)
    if (sibling !== undefined) {
      diagnostics.add(
        'sibling-read',
        `\`${color}\` is written by ${describeStep(sibling)}, which runs at the same time`,
        read.at,
        'use `flow`, or put one after the other',
      )
    } else if (known.isPartial) {
      // It may have been meant to come from what could not be read.
    } else if (presence === undefined && read.demand !== 'guarded') reportAbsent(color, read, producers, language)
    else if (read.demand === 'required' && presence === 'sometimes') {
      const help = leftToClient.has(color)
        ? `the request may leave it out: guard the step with \`when: has(${color})\``
        : 'produce it in every arm, or guard the step with `when: has(…)`'
      diagnostics.add('color-maybe-absent', `\`${color}\` is needed here, but only some ways produce it`, read.at, help)
    } else if (read.demand === 'required' && presence === 'unless-left-out') {
      diagnostics.add(
        'color-from-optional',
        `\`${color}\` is needed here, but the step that gives it is optional`,
        read.at,
        `guard the step with \`when: has(${color})\`, or make it optional too`,
      )
    }
  }

  const checkCall = (id: string, read: Read, known: Knowledge) => {
    if (known.contestedCalls.has(id))
      diagnostics.add(
        'sibling-read',
        `\`${id}\` runs at the same time`,
        read.at,
        'use `flow`, or put one after the other',
      )
    else if (!callNames.includes(id)) {
      // A name that is wrong in one place is told once, wherever it is read.
      if (!route.incomplete && !unknownCalls.has(id))
        diagnostics.add('unknown-step', `no call of this route is named \`${id}\``, read.at, didYouMean(id, callNames))
      unknownCalls.add(id)
    } else if (!known.calls.has(id))
      diagnostics.add('color-read-before-produced', `\`${id}\` has not run yet here`, read.at)
  }

  walkDataflow(route, {
    read(read, known) {
      const { reference } = read
      if (reference.kind === 'color') checkColor(reference.color, read, known)
      else if (reference.kind === 'step' && reference.id !== undefined) checkCall(reference.id, read, known)
      else if (reference.kind === 'colors') {
        for (const color of reference.colors) if (known.contestedColors.has(color)) checkColor(color, read, known)
      } else if (reference.kind === 'local' && !known.locals.has(reference.name)) {
        const where = reference.name === 'error' ? 'a catch' : 'forEach and $each'
        diagnostics.add('name-out-of-scope', `\`${reference.name}\` is there only inside ${where}`, read.at)
      }
    },
    concurrentWrites(color, first, second) {
      const at = second.writes?.find((write) => write.color === color)?.at ?? second.at
      diagnostics.add(
        'two-producers',
        `\`${color}\` is written by ${describeStep(first)} at the same time`,
        at,
        'let one of them write another color, or run them one after the other',
      )
    },
    flowCycle(steps) {
      diagnostics.add('flow-cycle', `these wait for each other: ${steps.map(describeStep).join(' → ')}`, steps[0]!.at)
    },
    unreachable(step) {
      diagnostics.add('unreachable-step', 'nothing gets here: the step before it ends the route', step.at)
    },
  })
}

interface Producers {
  readonly anywhere: ReadonlyMap<string, BoundStep>
  readonly staysInside: ReadonlySet<string>
}

function findProducers(route: BoundRoute): Producers {
  const anywhere = new Map<string, BoundStep>()
  const staysInside = new Set<string>()
  const visit = (block: BoundRoute['body'], inside: boolean) => {
    if (block.provides) staysInside.add(block.provides.color)
    for (const step of block.steps) {
      for (const { color } of step.writes ?? []) {
        if (inside) staysInside.add(color)
        else anywhere.set(color, step)
      }
      for (const inner of step.blocks ?? []) visit(inner, inside || keepsInside(step))
    }
  }
  visit(route.body, false)
  return { anywhere, staysInside }
}

function reportAbsent(color: string, read: Read, producers: Producers, { diagnostics }: Language): void {
  const later = producers.anywhere.get(color)
  if (later !== undefined) {
    diagnostics.add(
      'color-read-before-produced',
      `\`${color}\` is read before ${describeStep(later)} produces it`,
      read.at,
      `put ${describeStep(later)} before this, or both into a \`flow\``,
    )
  } else if (producers.staysInside.has(color)) {
    diagnostics.add(
      'color-never-produced',
      `\`${color}\` stays inside its forEach or part`,
      read.at,
      'gather it with `collect`, or have the part give it with `out`',
    )
  } else {
    diagnostics.add(
      'color-never-produced',
      `nothing in this route produces \`${color}\``,
      read.at,
      'call an operation that gives it, assign it, or take it from the request with `in`',
    )
  }
}

import { assign } from './assign.ts'
import { branch } from './branch.ts'
import { catchStep } from './catch.ts'
import { compensate } from './compensate.ts'
import { emit } from './emit/emit.ts'
import { empty } from './empty.ts'
import { first } from './first.ts'
import { flow } from './flow.ts'
import { forEach } from './for-each.ts'
import { invoke } from './invoke.ts'
import { parallel } from './parallel.ts'
import { part } from './part.ts'
import { repeat } from './repeat.ts'
import { respond } from './respond.ts'
import { sequence } from './sequence.ts'
import type { StepKind, StepKinds } from './step.ts'
import { throwStep } from './throw.ts'
import { wait } from './wait.ts'

/** Every step kind that is built in, by its key. A new one is a file beside these and a line here. */
export const stepKinds: StepKinds = new Map(
  [
    assign,
    invoke,
    empty,
    sequence,
    parallel,
    branch,
    throwStep,
    catchStep,
    flow,
    forEach,
    respond,
    wait,
    first,
    repeat,
    part,
    compensate,
    emit,
  ].map((kind) => [kind.kind, kind as StepKind]),
)

/** A route as a drawing needs it: a tree of shapes, and the values that flow between its steps. Plain data (`--format json`). */
export interface RouteGraph {
  readonly route: string
  /** `GET /mobile/home` */
  readonly match: string
  readonly summary: string | undefined
  readonly file: string
  /** Undefined for a part, which has what its route has. */
  readonly timeoutMs: number | undefined
  /** What of the request is read. */
  readonly request: { readonly id: string; readonly gives: readonly string[] }
  readonly body: Shape
  /** Undefined when no way leads to it. */
  readonly response: { readonly id: string; readonly title: string; readonly needs: readonly string[] } | undefined
  /** Who gives what to whom, by the ids of steps, request and response. */
  readonly flows: readonly Flow[]
  /** Colors that are pii or secret. */
  readonly sensitive: readonly string[]
}

export interface Flow {
  readonly what: string
  readonly from: string
  readonly to: string
}

export type Shape = StepShape | SequenceShape | ParallelShape | FlowShape | ChoiceShape | AttemptShape | LoopShape

/** One step that has none inside. */
export interface StepShape {
  readonly shape: 'step'
  readonly id: string
  /** The step's kind. */
  readonly kind: string
  readonly name: string
  readonly title: string
  readonly lines: readonly string[]
  /** Whether it asks a backend. */
  readonly calls: boolean
  /** What it reads. */
  readonly needs: readonly string[]
  /** What it writes and something reads. */
  readonly gives: readonly string[]
  /** What is tried when it fails, in order. */
  readonly fallbacks: readonly string[]
  /** Whether it is left out when all of that fails. */
  readonly optional: boolean
  /** Whether the route ends here: with an answer, or an error. */
  readonly ends: 'answer' | 'error' | undefined
  /** `routes/home.yaml:12:9` */
  readonly at: string
}

export interface SequenceShape {
  readonly shape: 'sequence'
  readonly items: readonly Shape[]
}

export interface ParallelShape {
  readonly shape: 'parallel'
  readonly id: string
  readonly lanes: readonly Shape[]
  /** The first lane that succeeds counts, the others are cancelled. */
  readonly isRace?: true
}

/** Steps in the order that their colors allow. */
export interface FlowShape {
  readonly shape: 'flow'
  readonly id: string
  readonly items: readonly FlowItem[]
}

export interface FlowItem {
  readonly body: Shape
  /** 0 starts at once; any other starts after one of the level before it. */
  readonly level: number
  /** Indexes of the items it waits for; what only repeats a longer way is left out. */
  readonly after: readonly number[]
}

/** The first arm whose condition holds; a step's own `when` is a choice of one arm. */
export interface ChoiceShape {
  readonly shape: 'choice'
  readonly id: string
  readonly arms: readonly Arm[]
  /** What the conditions read. */
  readonly needs: readonly string[]
  /** Whether it may be that no arm is taken. */
  readonly passable: boolean
}

export interface Arm {
  readonly label: string
  readonly body: Shape
}

/** Steps, and others that run when they fail. */
export interface AttemptShape {
  readonly shape: 'attempt'
  readonly id: string
  readonly body: Shape
  readonly handlers: readonly Arm[]
}

/** Steps that run for each element of a list. */
export interface LoopShape {
  readonly shape: 'loop'
  readonly id: string
  readonly title: string
  readonly lines: readonly string[]
  readonly needs: readonly string[]
  /** The color of the element at hand. */
  readonly provides: string | undefined
  readonly gives: readonly string[]
  readonly body: Shape
}

/** Whether nothing comes after a shape: every way through it ends the route. */
export function endsRoute(shape: Shape): boolean {
  switch (shape.shape) {
    case 'step':
      return shape.ends !== undefined
    case 'sequence':
      return shape.items.some(endsRoute)
    case 'parallel':
      return shape.isRace ? shape.lanes.every(endsRoute) : shape.lanes.some(endsRoute)
    case 'flow':
      return shape.items.some(({ body }) => endsRoute(body))
    case 'choice':
      return !shape.passable && shape.arms.every(({ body }) => endsRoute(body))
    case 'attempt':
      return endsRoute(shape.body) && shape.handlers.every(({ body }) => endsRoute(body))
    case 'loop':
      return false
  }
}

/** What is told of a diagnostic or an error beyond its message. The one place for these texts. */
export interface Page {
  /** Why there is such a rule, or when the error comes about. */
  readonly why: string
  /** How to mend it. */
  readonly fix: string
  /** Gives exactly this diagnostic; of an error: a route that answers with it. */
  readonly wrong: Example
  /** Gives none; of an error: a route that lives with the same failure. */
  readonly right: Example
}

/** Files that replace those of the example project, or join them: path → text. `null` takes a file away. */
export type Example = Readonly<Record<string, string | null>>

/** A route and nothing else. */
export function route(text: string): Example {
  return { 'routes/home.yaml': text }
}

/** A route, and a test of it that shows what is answered. */
export function tested(routeText: string, test: string): Example {
  return { 'routes/home.yaml': routeText, 'routes/home.test.yaml': test }
}

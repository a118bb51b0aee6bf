import { type ConfigTexts, filesOf } from '../config/texts.ts'

/** What differs between two readings, for people: `routes/home.yaml changed, routes/b.yaml added`. Empty when nothing. */
export function describeChange(before: ConfigTexts, after: ConfigTexts): string {
  const old = textsByPath(before)
  const now = textsByPath(after)
  return [
    ...[...now].filter(([path, text]) => old.has(path) && old.get(path) !== text).map(([path]) => `${path} changed`),
    ...[...now.keys()].filter((path) => !old.has(path)).map((path) => `${path} added`),
    ...[...old.keys()].filter((path) => !now.has(path)).map((path) => `${path} removed`),
  ].join(', ')
}

/** Every file of a configuration by the name that diagnostics use. */
export function textsByPath(texts: ConfigTexts): Map<string, string> {
  return new Map(filesOf(texts).map(({ path, text }) => [path, text]))
}

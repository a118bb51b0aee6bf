/** A file of routes or services, the tests of routes aside. */
export function isConfigName(name: string): boolean {
  return /\.ya?ml$/.test(name) && !isTestName(name) && !isHidden(name)
}

/** What looks like one, and is not read. */
export function isPassedOver(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !isConfigName(name) && !isTestName(name) && !isHidden(name)
}

/** A file of tests of routes. */
export function isTestName(name: string): boolean {
  return /\.test\.ya?ml$/.test(name)
}

/** A ConfigMap mount keeps its versions in `..2026_…` beside the links to them. */
function isHidden(name: string): boolean {
  return name.split('/').some((part) => part.startsWith('.'))
}

import { people } from '../data/people.ts'

/** Where somebody chooses who he is. */
export function printSignInPage(query: URLSearchParams): string {
  const choices = people.map(({ sub, name, about }) => {
    const href = `/authorize/as/${sub}?${query}`
    return `<li><a id="${sub}" href="${quote(href)}">${name}</a> ${about}</li>`
  })
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign in to the demo</title>
<style>body { font: 18px/1.6 system-ui; max-width: 28em; margin: 4em auto } li { margin: 1em 0 }</style>
<h1>Who are you?</h1>
<p>This is the demo's own issuer: nobody needs a password.</p>
<ul>${choices.join('')}</ul></html>`
}

function quote(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/**
 * Follows the reader's light or dark mode; on a phone every row is a card. A colour has one meaning: red is trouble, amber is due, green is
 * in order, blue is to be clicked, violet is an expiry to come, teal a rotation to come.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --text: #1b1f24; --dim: #5c6670; --line: #d9dee3;
  --red: #b3261e; --red-back: #fbe4e2; --amber: #8a5300; --amber-back: #fdeed3;
  --green: #1b6b3a; --green-back: #dff3e5; --blue: #2f6fb5; --violet: #7a4bb0; --teal: #1f7f86;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171b; --card: #1c2127; --text: #e6e9ec; --dim: #9aa5b0; --line: #343b43;
    --red: #ff9a92; --red-back: #4a1f1c; --amber: #f3bd62; --amber-back: #45310d;
    --green: #7fd69c; --green-back: #17371f; --blue: #6ea8e6; --violet: #b794e0; --teal: #5fc0c7;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 88rem; padding: 1.25rem; background: var(--back); color: var(--text);
  font: 0.9375rem/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1.1rem; }
p { margin: 0.25rem 0; }
small, .dim, .none { color: var(--dim); }
small { font-size: 0.8125rem; }
code { font-size: 0.75rem; color: var(--dim); overflow-wrap: anywhere; }
a { color: var(--blue); }
button, input, select { font: inherit; color: inherit; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 0.75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.tiles li { padding: 0.75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
.tiles b { display: block; font-size: 1.6rem; line-height: 1.2; }
.tiles .red b, .bad { color: var(--red); }
.tiles .amber b { color: var(--amber); }
.where { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 1rem; margin: 0.5rem 0 0; font-size: 0.8125rem; }
.where dt { color: var(--dim); }
.where dd { margin: 0; overflow-wrap: anywhere; }
.legend i { display: inline-block; width: 0.75rem; height: 0.75rem; margin-left: 0.75rem; border-radius: 2px; }
.legend i:first-child { margin-left: 0; }
i.expires { background: var(--violet); }
i.rotates { background: var(--teal); }
rect.expires { fill: var(--violet); }
rect.rotates { fill: var(--teal); }
.timeline { display: flex; gap: 0.25rem; margin: 0.5rem 0 0; padding: 0.75rem; list-style: none; overflow-x: auto;
  background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
.timeline li { flex: 1 0 2.9rem; }
.timeline button { display: flex; flex-direction: column; align-items: stretch; width: 100%; padding: 0.25rem 0.125rem; text-align: center;
  background: none; border: 1px solid transparent; border-radius: 0.375rem; cursor: pointer; }
.timeline button:hover, .timeline button[aria-pressed="true"] { border-color: var(--blue); }
.timeline b { height: 1.5em; line-height: 1.5; font-size: 0.8125rem; }
.timeline svg { width: 100%; height: 6rem; padding: 0 12%; border-bottom: 1px solid var(--line); }
.timeline span { padding-top: 0.25rem; font-size: 0.75rem; color: var(--dim); white-space: nowrap; }
#tools { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 0 0 0.5rem; }
#tools input { flex: 1 1 14rem; max-width: 26rem; }
#tools input, #tools select { padding: 0.4rem 0.6rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.375rem; }
#tools label { display: none; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
caption { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
th, td { padding: 0.5rem 0.75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { position: sticky; top: 0; background: var(--card); white-space: nowrap; }
th button { padding: 0; background: none; border: 0; font-weight: 600; cursor: pointer; }
th[aria-sort="ascending"] button::after { content: " \\2191"; }
th[aria-sort="descending"] button::after { content: " \\2193"; }
td small, td code { display: block; }
td time { white-space: nowrap; }
.state { display: inline-block; padding: 0.1rem 0.5rem; border-radius: 1rem; font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
.locked-out, .failed, .expired, .overdue { color: var(--red); background: var(--red-back); }
.due { color: var(--amber); background: var(--amber-back); }
.later { color: var(--green); background: var(--green-back); }
.no-date { color: var(--dim); border: 1px solid var(--line); }
footer { margin-top: 1rem; font-size: 0.8125rem; color: var(--dim); }
@media (max-width: 52rem) {
  body { padding: 0.75rem; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  #tools label { display: block; }
  table, tbody, tr, td { display: block; }
  table { background: none; border: 0; }
  thead { display: none; }
  tr { margin-bottom: 0.75rem; padding: 0.25rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
  td { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); padding: 0.25rem 0.75rem; border: 0; }
  td::before { content: attr(data-label); color: var(--dim); }
}
@media print {
  #tools { display: none !important; }
  th { position: static; }
}
`;

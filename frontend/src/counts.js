// How long a text is, for a person who watches the costs.
const number = new Intl.NumberFormat("en");

/** Return for instance "1,204 characters, about 300 tokens". */
export function countWords(text) {
  const characters = text.length;
  return `${number.format(characters)} ${characters === 1 ? "character" : "characters"}, about ${number.format(tokens(text))} tokens`;
}

/** Return a rough number of tokens: four letters of English make one, other alphabets take more. */
export function tokens(text) {
  let other = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x24f) other += 1;
  return Math.ceil((text.length - other) / 4 + other / 1.5);
}

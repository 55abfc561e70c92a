// Bytes as text of a bundle: a complete prefix code of 42 words of six bits and 44 of seven, whose letters src/runtime/letters.ts reads
// back. Gzip's own code of such letters has these lengths, so the text costs what its bytes do. Of base64, whose letters are fewer,
// triples come again by chance, and what is spent on them is not won back: packed modules were 1 to 5 % longer.

/** '(' to '~' without the backslash: nothing that a string, a replacement or a template would take for more than itself. */
const letter = (k) => String.fromCharCode(k + (k < 52 ? 40 : 41));

export function toLetters(bytes) {
  let text = "";
  let at = 0;
  const bit = () => {
    const value = (bytes[at >> 3] >> (7 - (at & 7))) & 1;
    at++;
    return value;
  };
  while (at < 8 * bytes.length) {
    let word = 0;
    for (let k = 0; k < 6; k++) word = 2 * word + bit();
    text += letter(word < 42 ? word : 2 * word + bit() - 42);
  }
  return text;
}

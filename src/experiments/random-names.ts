import { randomInt } from "node:crypto";
import { adjectives, animals } from "unique-names-generator";

/** A random `adjective-noun` that `isTaken` does not know; with a number where chance fails too often. */
export function randomName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; attempt < 100; attempt++) {
    const name = draw();
    if (!isTaken(name)) return name;
  }
  for (let number = 2; ; number++) {
    const name = `${draw()}-${number}`;
    if (!isTaken(name)) return name;
  }
}

function draw(): string {
  return `${adjectives[randomInt(adjectives.length)]}-${animals[randomInt(animals.length)]}`;
}

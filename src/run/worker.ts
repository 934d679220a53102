/** The piscina worker's entry. */
export default function run(): void {}

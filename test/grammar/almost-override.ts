import fc from "fast-check";

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: interpolations of the language
const piece = fc.constantFrom(
  ..."a b0 k-1 $x 0 1 -2 1_0 1.5 .5 1e-3 inf nan true NULL \\, \\\\ \\ ' \" 'q' \"r s\" ${a} ${ $ { } [ ] ( ) , : = + - ~ @ / . | é \n f( choice( range( sort( int( str( tag( interval( 1,2".split(
    " ",
  ),
  " ",
  "\t",
);
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: interpolations of the language
const key = fc.constantFrom("k=", "+a.b=", "~g/h=", "a@p=", "a[0]=", "");
/** Texts of which many read well and the others nearly do. */
export const almostOverride = fc
  .tuple(key, fc.array(piece, { maxLength: 12 }))
  .map(([start, pieces]) => start + pieces.join(""));

// What we use of marked: enough for tsc.
export interface Token {
  type: string;
  raw: string;
  tokens?: Token[];
}

export class Lexer {
  constructor(options: { gfm: boolean; breaks: boolean });
  lex(text: string): Token[];
}

/** Tokens from here on are the shell's own: clean-up plans, of which the core knows nothing. */
export const shellTokens = 2 ** 40;

/** The environment variables of this process. */
export const processVariables = (): { readonly [name: string]: string | undefined } => process.env;

/** Is NODE_ENV set to production, however it is spelled? What is for development only must not come on by a capital letter. */
export const isProduction = (nodeEnv: string | undefined): boolean => nodeEnv?.trim().toLowerCase() === 'production';

/** A push that holds this is answered by an error of the whole request, always: something at the server chokes on it. */
export const POISON = '<poison>';

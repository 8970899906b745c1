/**
 * The wire's version. History, one line each:
 * 1: first.
 */
export const PROTOCOL_VERSION = 1;
/** The oldest version a server still answers. */
export const PROTOCOL_VERSION_MIN = 1;

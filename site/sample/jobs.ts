export const none = null;

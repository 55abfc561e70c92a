// The guides that there are: the build puts their list in place of this one.

declare const GUIDES: readonly (readonly [file: string, title: string])[];

export const guides = GUIDES;

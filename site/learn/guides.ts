// The guides that there are: the build puts their list in place of this one.

declare const GUIDES: readonly (readonly [file: string, title: string])[];

/** The reference by typedoc was there when the site was built. */
declare const REFERENCE: boolean;

export const guides = GUIDES;
export const reference = REFERENCE;

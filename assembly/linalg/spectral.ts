// The room `spectral`: eigenvalues and singular values, in doubles.

export { bidiagonalise, bidiagonalWork } from "./bidiagonal";
export { bidiagonalQR, bidiagonalQRWork } from "./bidiagonal-qr";
export { eig, eigWork } from "./eig";
export { eigSym, eigSymWork } from "./eigen";
export { reflectRows, reflectionsWork } from "./reflections";
export { jacobiSvd } from "./svd";

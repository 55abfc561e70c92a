// Nonlinear programs with published solutions: W. Hock and K. Schittkowski, Test Examples for Nonlinear Programming Codes,
// Lecture Notes in Economics and Mathematical Systems 187 (1981). Numbers of problems are theirs; optima to 10 digits from the KKT
// equations, agreeing with the book.

export interface Published {
  readonly id: string;
  readonly text: string;
  readonly x0: readonly number[];
  readonly f: number;
  readonly x?: readonly number[];
}

export const published: readonly Published[] = [
  {
    id: "hs6",
    text: "min (1 - x1)^2; 10*(x2 - x1^2) == 0",
    x0: [-1.2, 1],
    f: 0,
    x: [1, 1],
  },
  {
    id: "hs7",
    text: "min log(1 + x1^2) - x2; (1 + x1^2)^2 + x2^2 - 4 == 0",
    x0: [2, 2],
    f: -1.7320508075688772,
    x: [0, 1.7320508075688772],
  },
  {
    id: "hs10",
    text: "min x1 - x2; -3*x1^2 + 2*x1*x2 - x2^2 + 1 >= 0",
    x0: [-10, 10],
    f: -1,
    x: [0, 1],
  },
  {
    id: "hs12",
    text: "min 0.5*x1^2 + x2^2 - x1*x2 - 7*x1 - 7*x2; 25 - 4*x1^2 - x2^2 >= 0",
    x0: [0, 0],
    f: -30,
    x: [2, 3],
  },
  {
    id: "hs14",
    text: "min (x1 - 2)^2 + (x2 - 1)^2; line: x1 - 2*x2 + 1 == 0; ellipse: 1 - 0.25*x1^2 - x2^2 >= 0",
    x0: [2, 2],
    f: 1.393464980689302,
  },
  {
    id: "hs21",
    text: "min 0.01*x1^2 + x2^2 - 100; 10*x1 - x2 >= 10; 2 <= x1 <= 50; -50 <= x2 <= 50",
    x0: [-1, -1],
    f: -99.96,
    x: [2, 0],
  },
  {
    id: "hs29",
    text: "min -x1*x2*x3; 48 - x1^2 - 2*x2^2 - 4*x3^2 >= 0",
    x0: [1, 1, 1],
    f: -22.627416997969522,
  },
  {
    id: "hs35",
    text: "min 9 - 8*x1 - 6*x2 - 4*x3 + 2*x1^2 + 2*x2^2 + x3^2 + 2*x1*x2 + 2*x1*x3; x1 + x2 + 2*x3 <= 3; x1 >= 0; x2 >= 0; x3 >= 0",
    x0: [0.5, 0.5, 0.5],
    f: 0.1111111111111111,
  },
  {
    id: "hs39",
    text: "min -x1; x2 - x1^3 - x3^2 == 0; x1^2 - x2 - x4^2 == 0",
    x0: [2, 2, 2, 2],
    f: -1,
  },
  {
    id: "hs43",
    text: "min x1^2 + x2^2 + 2*x3^2 + x4^2 - 5*x1 - 5*x2 - 21*x3 + 7*x4; 8 - x1^2 - x2^2 - x3^2 - x4^2 - x1 + x2 - x3 + x4 >= 0; 10 - x1^2 - 2*x2^2 - x3^2 - 2*x4^2 + x1 + x4 >= 0; 5 - 2*x1^2 - x2^2 - x3^2 - 2*x1 + x2 + x4 >= 0",
    x0: [0, 0, 0, 0],
    f: -44,
    x: [0, 1, 2, -1],
  },
  {
    id: "hs63",
    text: "min 1000 - x1^2 - 2*x2^2 - x3^2 - x1*x2 - x1*x3; 8*x1 + 14*x2 + 7*x3 == 56; x1^2 + x2^2 + x3^2 == 25; x1 >= 0; x2 >= 0; x3 >= 0",
    x0: [2, 2, 2],
    f: 961.7151721300522,
  },
  {
    id: "hs71",
    text: "min x1*x4*(x1 + x2 + x3) + x3; x1*x2*x3*x4 >= 25; x1^2 + x2^2 + x3^2 + x4^2 == 40; 1 <= x1 <= 5; 1 <= x2 <= 5; 1 <= x3 <= 5; 1 <= x4 <= 5",
    x0: [1, 5, 5, 1],
    f: 17.014017289156303,
  },
  {
    id: "hs72",
    text: "min 1 + x1 + x2 + x3 + x4; 4/x1 + 2.25/x2 + 1/x3 + 0.25/x4 <= 0.0401; 0.16/x1 + 0.36/x2 + 0.64/x3 + 0.64/x4 <= 0.010085; 0.001 <= x1 <= 4e5; 0.001 <= x2 <= 3e5; 0.001 <= x3 <= 2e5; 0.001 <= x4 <= 1e5",
    x0: [1, 1, 1, 1],
    f: 727.6793577896129,
  },
  {
    id: "hs100",
    text: "min (x1 - 10)^2 + 5*(x2 - 12)^2 + x3^4 + 3*(x4 - 11)^2 + 10*x5^6 + 7*x6^2 + x7^4 - 4*x6*x7 - 10*x6 - 8*x7; 127 - 2*x1^2 - 3*x2^4 - x3 - 4*x4^2 - 5*x5 >= 0; 282 - 7*x1 - 3*x2 - 10*x3^2 - x4 + x5 >= 0; 196 - 23*x1 - x2^2 - 6*x6^2 + 8*x7 >= 0; -4*x1^2 - x2^2 + 3*x1*x2 - 2*x3^2 - 5*x6 + 11*x7 >= 0",
    x0: [1, 2, 0, 4, 0, 1, 1],
    f: 680.6300573744021,
  },
];

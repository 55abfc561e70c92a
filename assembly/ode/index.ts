// The room `ode`: what a Runge-Kutta method does with its slopes, for all components of the state in one call.
export { weighted } from "./weighted";

# Values of the package loo for test/sampling/psis.test.ts, recorded with R 4.2.2 and loo 2.5.1: Rscript scripts/reference/loo.R
suppressMessages(library(loo))
lcg <- function(seed) { s <- seed; function() { s <<- (s * 16807) %% 2147483647; s / 2147483647 } }
u <- lcg(77); z <- function() { t <- 0; for (i in 1:12) t <- t + u(); t - 6 }
# 4 chains of 100 draws of (mu), 8 data, one far out: log likelihood normal(y, mu, 1)
y <- c(0.3, -0.2, 1.1, 0.4, -0.9, 0.1, 0.8, 4.5)
ll <- matrix(0, 400, 8)
for (s in 1:400) { mu <- 0.76 + 0.35 * z(); ll[s, ] <- -0.5 * (y - mu)^2 }
r <- relative_eff(exp(ll), chain_id = rep(1:4, each = 100))
a <- suppressWarnings(loo(ll, r_eff = r)); b <- suppressWarnings(waic(ll))
f <- function(v) paste(format(v, digits = 17), collapse = ", ")
cat(sprintf('{ "loo": [%s], "elpd": [%s], "k": [%s], "waic": [%s], "reff": [%s] }\n', f(a$estimates[1:2, ]), f(a$pointwise[, "elpd_loo"]), f(a$diagnostics$pareto_k), f(b$estimates[1:2, ]), f(r)))
cat(as.character(packageVersion("loo")), "\n")

# Values of the package posterior for test/sampling/diagnostics.test.ts: Rscript scripts/reference/diagnostics.R > test/reference-data/diagnostics.json
# Recorded with R 4.2.2 and posterior 1.4.0.
suppressMessages(library(posterior))
# 12 sets, made by a generator that is rewritten in the test: an LCG, so that both sides have the same draws.
lcg <- function(seed) { s <- seed; function() { s <<- (s * 16807) %% 2147483647; s / 2147483647 } }
gen <- function(kind, n, m, seed) {
  u <- lcg(seed); x <- matrix(0, n, m)
  z <- function() { t <- 0; for (i in 1:12) t <- t + u(); t - 6 }
  for (k in 1:m) { prev <- z()
    for (i in 1:n) {
      v <- switch(kind,
        iid = z(), ar = 0.8 * prev + 0.6 * z(), antithetic = -0.7 * prev + 0.7 * z(),
        constant = 1.5, bimodal = z() * 0.3 + ifelse(k %% 2 == 0, 3, -3),
        stuck = if (k == 1) 0.25 else z(), heavy = { a <- z(); b <- z(); a / b }, nan = if (k == 2 && i == 5) NaN else z(),
        trend = z() + 3 * i / n, ties = floor(4 * u()), skew = { a <- z(); a * a * a * a }, slow = prev + 0.1 * (z() - 0.1 * prev))
      x[i, k] <- v; if (!is.nan(v)) prev <- v } }
  x }
kinds <- c("iid","ar","antithetic","constant","bimodal","stuck","heavy","nan","trend","ties","skew","slow")
sizes <- list(c(100,4),c(500,4),c(200,2),c(50,4),c(120,4),c(100,4),c(400,3),c(60,4),c(151,4),c(100,1),c(250,4),c(1000,2))
out <- c()
f <- function(v) ifelse(is.na(v), "null", format(v, digits=17))
for (j in seq_along(kinds)) { x <- gen(kinds[j], sizes[[j]][1], sizes[[j]][2], 100 + j)
  s <- suppressWarnings(c(rhat(x), rhat_basic(x), ess_bulk(x), ess_tail(x), ess_mean(x), ess_sd(x), ess_quantile(x, 0.25, names=FALSE), mcse_mean(x), mcse_sd(x), tryCatch(mcse_quantile(x, 0.9, names=FALSE), error=function(e) NA), x[1,1], x[nrow(x), ncol(x)]))
  out <- c(out, sprintf('  { "kind": "%s", "draws": %d, "chains": %d, "seed": %d, "values": [%s] }', kinds[j], sizes[[j]][1], sizes[[j]][2], 100+j, paste(sapply(s, f), collapse=", "))) }
cat("[\n", paste(out, collapse=",\n"), "\n]\n", sep="")

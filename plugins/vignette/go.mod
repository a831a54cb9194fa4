module vignette

go 1.24

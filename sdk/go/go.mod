module aquatint

go 1.24

module new-policy

go 1.24

require countersign v0.0.0

replace countersign => ./sdk

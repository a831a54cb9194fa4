// Package types has the shapes of WIT that Go lacks, under the names that generated bindings use.
package types

// Unit is nothing, where something must be.
type Unit struct{}

// Tuple2 is a pair.
type Tuple2[A, B any] struct {
	F0 A
	F1 B
}

// What an option's Tag says.
const (
	OptionNone = 0
	OptionSome = 1
)

// Option is a value or none.
type Option[T any] struct {
	is    bool
	value T
}

// Some is an option with a value.
func Some[T any](value T) Option[T] {
	return Option[T]{is: true, value: value}
}

// None is an option without one.
func None[T any]() Option[T] {
	return Option[T]{}
}

// Tag says which it is.
func (o Option[T]) Tag() uint8 {
	if o.is {
		return OptionSome
	}
	return OptionNone
}

// Some is the value; the zero value if there is none.
func (o Option[T]) Some() T {
	return o.value
}

// What a result's Tag says.
const (
	ResultOk  = 0
	ResultErr = 1
)

// Result is a value or an error.
type Result[T, E any] struct {
	isErr bool
	value T
	err   E
}

// Ok is a result that is a value.
func Ok[T, E any](value T) Result[T, E] {
	return Result[T, E]{value: value}
}

// Err is a result that is an error.
func Err[T, E any](err E) Result[T, E] {
	return Result[T, E]{isErr: true, err: err}
}

// Tag says which it is.
func (r Result[T, E]) Tag() uint8 {
	if r.isErr {
		return ResultErr
	}
	return ResultOk
}

// Ok is the value; the zero value if it is an error.
func (r Result[T, E]) Ok() T {
	return r.value
}

// Err is the error; the zero value if it is none.
func (r Result[T, E]) Err() E {
	return r.err
}

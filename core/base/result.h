// SPDX-License-Identifier: GPL-3.0-or-later
//
// How expected failures travel.
//
//   Result<T>   a value, or an Error that says what, where and what to do.
//   Outcome<T>  what a long-running job ends with: Done (a value), Cancelled, or Failed (an Error).
//               Cancelled is not a failure and carries no message.
//
// Exceptions from libraries (c10::Error, JSON, filesystem) are turned into Errors once, at the job
// boundary (see core/study/job_boundary.h).
//
// Thread rule: plain values, no shared state.
#pragma once

#include <cassert>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace lottery {

// `message` says what is wrong with what was found and expected; `place` says where (a file, a file and
// line "dev.tsv:17", a tensor key); `advice` says what the user can do next. Place and advice may be empty.
struct Error {
    std::string message;
    std::string place;
    std::string advice;

    // One line: "place: message. advice"
    [[nodiscard]] std::string to_string() const;
};

struct Cancelled {};

// The value of a Result or an Outcome that has nothing to hand over.
struct Unit {};

template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit on purpose

    [[nodiscard]] bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    const T& value() const& {
        assert(has_value());
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        assert(has_value());
        return std::move(*std::get_if<0>(&state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const {
        assert(!has_value());
        return *std::get_if<1>(&state_);
    }
    // What LOTTERY_TRY hands on.
    [[nodiscard]] Error failure() && {
        assert(!has_value());
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<T, Error> state_;
};

using Status = Result<Unit>;
inline Status ok() { return Unit{}; }

// Either way a job can end without a value; converts to any Outcome<T>.
using NotDone = std::variant<Cancelled, Error>;

template <typename T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
    Outcome(Cancelled c) : state_(std::in_place_index<1>, c) {}                 // NOLINT: implicit on purpose
    Outcome(Error error) : state_(std::in_place_index<2>, std::move(error)) {}  // NOLINT: implicit on purpose
    Outcome(NotDone n) : state_(std::in_place_index<1>) {                       // NOLINT: implicit on purpose
        if (auto* e = std::get_if<Error>(&n)) state_.template emplace<2>(std::move(*e));
    }
    Outcome(Result<T> r) : state_(std::in_place_index<1>) {  // NOLINT: implicit on purpose
        if (r)
            state_.template emplace<0>(*std::move(r));
        else
            state_.template emplace<2>(std::move(r).failure());
    }

    [[nodiscard]] bool done() const { return state_.index() == 0; }
    [[nodiscard]] bool cancelled() const { return state_.index() == 1; }
    [[nodiscard]] bool failed() const { return state_.index() == 2; }
    explicit operator bool() const { return done(); }

    T& value() & {
        assert(done());
        return *std::get_if<0>(&state_);
    }
    const T& value() const& {
        assert(done());
        return *std::get_if<0>(&state_);
    }
    T&& value() && {
        assert(done());
        return std::move(*std::get_if<0>(&state_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    [[nodiscard]] const Error& error() const {
        assert(failed());
        return *std::get_if<2>(&state_);
    }
    [[nodiscard]] NotDone failure() && {
        assert(!done());
        if (cancelled()) return Cancelled{};
        return std::move(*std::get_if<2>(&state_));
    }

private:
    std::variant<T, Cancelled, Error> state_;
};

}  // namespace lottery

// LOTTERY_TRY(auto x, expression): `expression` is a Result or an Outcome; on success `x` is its value,
// otherwise the enclosing function (returning a Result or an Outcome) returns what went wrong.
// LOTTERY_CHECK(expression): the same for expressions whose value is not wanted.
#define LOTTERY_CONCAT_(a, b) a##b
#define LOTTERY_CONCAT(a, b) LOTTERY_CONCAT_(a, b)
#define LOTTERY_TRY_(tmp, declaration, expression) \
    auto tmp = (expression);                       \
    if (!tmp) return std::move(tmp).failure();     \
    declaration = *std::move(tmp)
#define LOTTERY_TRY(declaration, expression) \
    LOTTERY_TRY_(LOTTERY_CONCAT(lottery_try_, __LINE__), declaration, expression)
#define LOTTERY_CHECK(expression)                                        \
    do {                                                                 \
        auto lottery_check_ = (expression);                              \
        if (!lottery_check_) return std::move(lottery_check_).failure(); \
    } while (false)

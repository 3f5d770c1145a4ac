// Burg's recursion in double precision, and the recurrence that goes on from it.
#include "prediction.hpp"

#include <algorithm>
#include <cmath>

namespace pellucid {
namespace {

using Doubles = std::vector<double>;
constexpr std::size_t LANES = 8;     // sums side by side, which a compiler may not do by itself
constexpr double SILENCE = 1e-9;     // energy: nothing is predicted from less
constexpr double INAUDIBLE = 1e-15;  // what rings on goes to 0 before numbers get slow

double dot(const double* a, const double* b, std::size_t size) {
    double lanes[LANES] = {};
    std::size_t at = 0;
    for (; at + LANES <= size; at += LANES)
        for (std::size_t lane = 0; lane < LANES; ++lane) lanes[lane] += a[at + lane] * b[at + lane];
    double sum = 0;
    for (double lane : lanes) sum += lane;
    for (; at < size; ++at) sum += a[at] * b[at];
    return sum;
}

// Adds `factor` of each to the other.
void cross(double* __restrict a, double* __restrict b, double factor, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        const double before = a[i];
        a[i] += factor * b[i];
        b[i] += factor * before;
    }
}

// The coefficients of one order more: they and themselves backwards, times the reflection.
void reflect(Doubles& coefficients, double reflection) {
    const Doubles before = coefficients;
    for (std::size_t i = 0; i < before.size(); ++i)
        coefficients[i] += reflection * before[before.size() - 1 - i];
    coefficients.push_back(reflection);
}

// a[0], a[1], ... such that x[n] = -(a[0] x[n - 1] + a[1] x[n - 2] + ...), nearly.
Doubles burg(const float* history, std::size_t size, std::size_t order) {
    Doubles forward(history + 1, history + size), backward(history, history + size - 1), coefficients;
    coefficients.reserve(order);
    for (std::size_t k = 0; k < order; ++k) {
        const std::size_t left = size - 1 - k;
        double* ahead = forward.data() + k;
        double* behind = backward.data();
        const double energy = dot(ahead, ahead, left) + dot(behind, behind, left);
        const double reflection = -2 * dot(ahead, behind, left) / (energy + SILENCE);
        reflect(coefficients, reflection);
        cross(ahead, behind, reflection, left);
    }
    return coefficients;
}

}  // namespace

Prediction::Prediction(const float* history, std::size_t size, std::size_t order)
    : weights_(burg(history, size, order)), past_(history + size - order, history + size) {
    std::reverse(weights_.begin(), weights_.end());
}

void Prediction::take(float* out, std::size_t size) {
    const std::size_t order = weights_.size();
    past_.reserve(order + size);
    for (std::size_t i = 0; i < size; ++i) {
        const double next = -dot(weights_.data(), past_.data() + i, order);
        past_.push_back(std::abs(next) < INAUDIBLE ? 0 : next);
        out[i] = static_cast<float>(next);
    }
    past_.erase(past_.begin(), past_.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace pellucid

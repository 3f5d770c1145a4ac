// How a sound goes on by linear prediction; src/pellucid/audio/extrapolate.py says what it is for.
#pragma once

#include <cstddef>
#include <vector>

namespace pellucid {

// Each sample is a sum of the `order` samples before it. Coefficients by Burg 1975: those that
// predict the history best in both directions of time; what follows from them never grows forever.
class Prediction {
public:
    // order: at most size - 1.
    Prediction(const float* history, std::size_t size, std::size_t order);

    // The next `size` samples.
    void take(float* out, std::size_t size);

private:
    std::vector<double> weights_;  // of the latest sample last
    std::vector<double> past_;     // as many samples, the latest last
};

}  // namespace pellucid

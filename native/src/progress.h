// How far long work has come.
#pragma once

#include <cstdint>
#include <functional>

namespace fams {

// Called with bytes done and bytes in all, often, on the thread that does the work.
using Progress = std::function<void(uint64_t done, uint64_t total)>;

}  // namespace fams

#pragma once

#include <vector>

#include "persist.h"

namespace fams {

// Those that this processor has instructions for, the fastest first; none if it is of another kind than the
// ones we know.
std::vector<Persistence> CpuPersistences();

}  // namespace fams

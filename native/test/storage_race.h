#pragma once

#include <string>

#include "storage.h"

namespace fams {

// Uses a storage of four granules as a region does: one thread writes the journal, one writes and flushes the
// data, one prepares, forgets, grows and cuts the end. Returns what went wrong, or nothing.
std::string Race(Storage& storage, uint32_t rounds);

}  // namespace fams

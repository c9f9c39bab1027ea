#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace fams {

// Runs `body` on a thread of its own that may make no system call but those with these numbers: the first
// other one ends the process with SIGSYS.
void WithoutSystemCalls(const std::function<void()>& body, const std::vector<uint32_t>& allowed = {});

}  // namespace fams

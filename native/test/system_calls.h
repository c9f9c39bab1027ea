#pragma once

#include <functional>

namespace fams {

// Runs `body` on a thread of its own that may make no system call: the first one ends the process with
// SIGSYS.
void WithoutSystemCalls(const std::function<void()>& body);

}  // namespace fams

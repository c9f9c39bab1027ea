#pragma once

#include <cstdint>
#include <string>

namespace fams {

// Creates a region at `path` and makes `commits` commits of a line each on a thread that may make no system
// call but to look, now and then, at the state of the file. Returns what went wrong.
std::string CommitQuietly(const std::string& path, const std::string& storage, bool durable,
                          uint32_t commits);

}  // namespace fams

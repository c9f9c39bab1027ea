// Stores that outlive the power: what a processor needs to be told so that they leave its caches.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fams {

// One way of doing it. The functions say false, with errno, only where the kernel does the work and fails.
struct Persistence {
  const char* name;
  // Copies, so that it is durable after the next fence of the same thread.
  bool (*copy)(void* to, const void* from, size_t bytes);
  // Makes what was stored to these bytes, by whoever, durable after the next fence of the same thread.
  bool (*flush)(const void* at, size_t bytes);
  void (*fence)();
  // The kernel is asked each time.
  bool system_calls;
};

// All that this machine can do, the fastest first. The last one is portable.
const std::vector<Persistence>& Persistences();

}  // namespace fams

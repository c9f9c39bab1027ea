// Touching a mapping whose file was cut short, or whose medium cannot be read, raises SIGBUS, which ends the
// process. Under a guard it becomes an error.
#pragma once

#include <errno.h>

#include <csetjmp>
#include <cstddef>
#include <cstdint>

namespace fams {

class FaultGuard {
 public:
  // Has to be called once before any guard is of use. Other faults go where they went before.
  static void Install();

  // Until this is destroyed, a fault of this thread in these bytes jumps to `place`. Guards do not nest.
  FaultGuard(const void* at, size_t bytes);
  FaultGuard(const FaultGuard&) = delete;
  FaultGuard& operator=(const FaultGuard&) = delete;
  ~FaultGuard();

  bool Covers(const void* address) const { return reinterpret_cast<uintptr_t>(address) - begin_ < bytes_; }

  sigjmp_buf place;

 private:
  const uintptr_t begin_;
  const size_t bytes_;
};

// Calls `touch()`, which touches these bytes, and returns what it does: or false, with errno EFAULT, if it
// ran into a fault and was left half done. It must own nothing, for no destructor runs.
template <typename Touch>
bool TouchGuarded(const void* at, size_t bytes, const Touch& touch) {
  FaultGuard guard(at, bytes);
  if (sigsetjmp(guard.place, 0) == 0) return touch();
  errno = EFAULT;
  return false;
}

}  // namespace fams

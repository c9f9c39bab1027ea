// 64-bit ARM: stores, and then each line is cleaned to the point of persistence, or, on a processor that does
// not tell it from the point of coherency, to that.
#if defined(__aarch64__)

#include <sys/auxv.h>

#include <cstdint>
#include <cstring>

#include "persist_cpu.h"

namespace fams {
namespace {

constexpr unsigned long kHwcapDcpop = 1ul << 16;

using CleanLine = void (*)(uintptr_t line);

// DC CVAP by its encoding: assemblers want it allowed for the whole build otherwise.
void CleanToPersistence(uintptr_t line) { asm volatile("sys #3, c7, c12, #1, %0" : : "r"(line) : "memory"); }
void CleanToCoherency(uintptr_t line) { asm volatile("dc cvac, %0" : : "r"(line) : "memory"); }

size_t LineBytes() {
  uint64_t cache_type;
  asm("mrs %0, ctr_el0" : "=r"(cache_type));
  return size_t{4} << ((cache_type >> 16) & 15);
}

template <CleanLine clean_line>
bool Flush(const void* at, size_t bytes) {
  static const size_t line_bytes = LineBytes();
  const auto begin = reinterpret_cast<uintptr_t>(at);
  for (uintptr_t line = begin / line_bytes * line_bytes; line < begin + bytes; line += line_bytes)
    clean_line(line);
  return true;
}

template <CleanLine clean_line>
bool Copy(void* to, const void* from, size_t bytes) {
  std::memcpy(to, from, bytes);
  return Flush<clean_line>(to, bytes);
}

void Fence() { asm volatile("dsb sy" : : : "memory"); }

template <CleanLine clean_line>
constexpr Persistence Using(const char* name) {
  return {name, Copy<clean_line>, Flush<clean_line>, Fence, false};
}

}  // namespace

std::vector<Persistence> CpuPersistences() {
  std::vector<Persistence> found;
  if ((getauxval(AT_HWCAP) & kHwcapDcpop) != 0) found.push_back(Using<CleanToPersistence>("dc cvap"));
  found.push_back(Using<CleanToCoherency>("dc cvac"));
  return found;
}

}  // namespace fams

#endif

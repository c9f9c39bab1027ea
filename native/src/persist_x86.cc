// x86-64: whole lines go around the caches with non-temporal stores, which measured faster than storing and
// writing the line back, at every length; parts of lines are stored and written back.
#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "persist_cpu.h"

namespace fams {
namespace {

constexpr size_t kLine = 64;

using FlushLine = void (*)(const char* line);

__attribute__((target("clwb"))) void Clwb(const char* line) { _mm_clwb(const_cast<char*>(line)); }
__attribute__((target("clflushopt"))) void Clflushopt(const char* line) {
  _mm_clflushopt(const_cast<char*>(line));
}
void Clflush(const char* line) { _mm_clflush(line); }

template <FlushLine flush_line>
bool Flush(const void* at, size_t bytes) {
  const auto* end = static_cast<const char*>(at) + bytes;
  const auto* line = static_cast<const char*>(at) - reinterpret_cast<uintptr_t>(at) % kLine;
  for (; line < end; line += kLine) flush_line(line);
  return true;
}

void StreamLine(char* to, const char* from) {
  const auto* source = reinterpret_cast<const __m128i*>(from);
  auto* target = reinterpret_cast<__m128i*>(to);
  for (size_t i = 0; i < kLine / sizeof(__m128i); i++)
    _mm_stream_si128(target + i, _mm_loadu_si128(source + i));
}

template <FlushLine flush_line>
bool Copy(void* to, const void* from, size_t bytes) {
  auto* target = static_cast<char*>(to);
  const auto* source = static_cast<const char*>(from);
  while (bytes > 0) {
    const size_t in_line = reinterpret_cast<uintptr_t>(target) % kLine;
    const size_t n = std::min(bytes, kLine - in_line);
    if (n == kLine) {
      StreamLine(target, source);
    } else {
      std::memcpy(target, source, n);
      flush_line(target - in_line);
    }
    target += n, source += n, bytes -= n;
  }
  return true;
}

void Fence() { _mm_sfence(); }

template <FlushLine flush_line>
constexpr Persistence Using(const char* name) {
  return {name, Copy<flush_line>, Flush<flush_line>, Fence, false};
}

}  // namespace

std::vector<Persistence> CpuPersistences() {
  std::vector<Persistence> found;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx);
  if ((ebx & bit_CLWB) != 0) found.push_back(Using<Clwb>("clwb"));
  if ((ebx & bit_CLFLUSHOPT) != 0) found.push_back(Using<Clflushopt>("clflushopt"));
  found.push_back(Using<Clflush>("clflush"));
  return found;
}

}  // namespace fams

#endif

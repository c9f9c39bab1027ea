#include "crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace fams {
namespace {

constexpr uint32_t kReversedPolynomial = 0x82f63b78;

constexpr std::array<uint32_t, 256> MakeTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? kReversedPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = MakeTable();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t Crc32cInstruction(uint32_t crc, const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  uint64_t state = ~crc;
  for (; bytes >= 8; bytes -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    state = _mm_crc32_u64(state, word);
  }
  auto tail = static_cast<uint32_t>(state);
  for (; bytes > 0; bytes--, at++) tail = _mm_crc32_u8(tail, *at);
  return ~tail;
}
bool HasInstruction() { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__)
__attribute__((target("+crc"))) uint32_t Crc32cInstruction(uint32_t crc, const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  uint32_t state = ~crc;
  for (; bytes >= 8; bytes -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    state = __builtin_aarch64_crc32cx(state, word);
  }
  for (; bytes > 0; bytes--, at++) state = __builtin_aarch64_crc32cb(state, *at);
  return ~state;
}
bool HasInstruction() { return (getauxval(AT_HWCAP) & (1 << 7)) != 0; }
#else
uint32_t Crc32cInstruction(uint32_t crc, const void* data, size_t bytes) {
  return Crc32cPortable(crc, data, bytes);
}
bool HasInstruction() { return false; }
#endif

}  // namespace

uint32_t Crc32cPortable(uint32_t crc, const void* data, size_t bytes) {
  const auto* at = static_cast<const uint8_t*>(data);
  uint32_t state = ~crc;
  for (; bytes > 0; bytes--, at++) state = kTable[(state ^ *at) & 0xff] ^ (state >> 8);
  return ~state;
}

uint32_t Crc32c(uint32_t crc, const void* data, size_t bytes) {
  static const bool instruction = HasInstruction();
  return instruction ? Crc32cInstruction(crc, data, bytes) : Crc32cPortable(crc, data, bytes);
}

}  // namespace fams

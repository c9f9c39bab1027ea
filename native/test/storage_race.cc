#include "storage_race.h"

#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "format.h"

namespace fams {
namespace {

constexpr uint64_t kJournal = 2 * kGranule, kSpare = 3 * kGranule, kEnd = 4 * kGranule;

class Failure {
 public:
  // Keeps the first.
  void Note(const char* what, const Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!status.ok() && text_.empty()) text_ = std::string(what) + ": " + status.detail();
  }
  std::string text() const { return text_; }

 private:
  std::mutex mutex_;
  std::string text_;
};

Status WriteAndCompare(Storage& storage, Stream stream, uint64_t offset, size_t bytes, uint8_t fill) {
  const std::vector<uint8_t> written(bytes, fill);
  std::vector<uint8_t> read(bytes);
  FAMS_TRY(storage.Write(stream, offset, written.data(), bytes));
  FAMS_TRY(storage.Read(offset, read.data(), bytes));
  if (read == written) return {};
  return Status(code::kIo, "reads differently").At(offset);
}

Status WriteJournal(Storage& storage, uint32_t round) {
  const uint64_t offset = kJournal + round * 64 % kGranule;
  FAMS_TRY(WriteAndCompare(storage, Stream::kJournal, offset, 64, static_cast<uint8_t>(round)));
  return round % 50 == 0 ? storage.FlushAll(Stream::kJournal) : Status();
}

Status WriteData(Storage& storage, uint32_t round) {
  FAMS_TRY(
      WriteAndCompare(storage, Stream::kData, round * 4096 % kJournal, 4096, static_cast<uint8_t>(round)));
  FAMS_TRY(storage.WriteBack(0, kJournal));
  return round % 50 == 0 ? storage.FlushAll(Stream::kData) : storage.CheckAlive();
}

Status ChangeEnd(Storage& storage, uint32_t round) {
  // The journal's part is prepared again and again while it is written.
  FAMS_TRY(storage.PrepareJournal(kJournal, kGranule));
  FAMS_TRY(storage.PrepareJournal(kSpare, kGranule));
  FAMS_TRY(storage.Allocate(kEnd, (1 + round % 3) * kGranule));
  FAMS_TRY(storage.ForgetJournal(kSpare, kGranule));
  return storage.Truncate(kEnd);
}

}  // namespace

std::string Race(Storage& storage, uint32_t rounds) {
  Failure failure;
  const auto repeat = [&](const char* name, Status (*step)(Storage&, uint32_t)) {
    return std::thread([&storage, &failure, rounds, name, step] {
      for (uint32_t round = 0; round < rounds; round++) failure.Note(name, step(storage, round));
    });
  };
  std::thread threads[] = {repeat("journal", WriteJournal), repeat("data", WriteData),
                           repeat("end", ChangeEnd)};
  for (std::thread& thread : threads) thread.join();
  return failure.text();
}

}  // namespace fams

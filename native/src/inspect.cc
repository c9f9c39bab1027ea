#include "inspect.h"

#include <errno.h>
#include <fcntl.h>

#include <algorithm>

#include "choose_storage.h"
#include "superblock.h"

namespace fams {
namespace {

constexpr int kAttempts = 16;
constexpr size_t kMaxGaps = 16;
constexpr uint64_t kPage = 4 * kKiB;

class Inspector {
 public:
  Inspector(Reader& reader, const InspectOptions& options, const Progress& progress, Inspection* seen)
      : reader_(reader), options_(options), progress_(progress), seen_(seen) {}

  Status Look() {
    seen_->file_bytes = reader_.Size();
    ChosenSuperblock chosen;
    seen_->problem = ReadSuperblocks(reader_, &chosen);
    for (uint32_t i = 0; i < 2; i++) LookAtCopy(i, chosen.valid[i]);
    // Of a region that is open it may have been read while the file grew.
    if (!seen_->problem.ok()) return seen_->locked ? Changing() : Status();
    seen_->superblock = chosen.superblock;
    total_ = options_.read_data ? chosen.superblock.data_bytes : 0;
    for (uint32_t i = 0; i < chosen.superblock.segment_count; i++)
      total_ += chosen.superblock.segments[i].bytes;

    const auto visit = [this](const RecordAt& record) { return Visit(record); };
    if (seen_->locked) {
      FAMS_TRY(Replay(reader_, chosen.superblock, visit, &seen_->plan.end));
      return StillThere(chosen.superblock);
    }
    FAMS_TRY(PlanRecovery(reader_, chosen, visit, &seen_->plan));
    if (options_.read_data) ReadData();
    return {};
  }

 private:
  void LookAtCopy(uint32_t i, bool valid) {
    CopySeen& copy = seen_->copies[i];
    copy.readable = reader_.Size() >= kSuperblockOffsets[i] + kSuperblockBytes &&
                    reader_.Read(kSuperblockOffsets[i], &copy.bytes, sizeof copy.bytes).ok();
    copy.valid = copy.readable && valid;
  }

  Status Visit(const RecordAt& record) {
    seen_->links += record.header.type == kLink;
    if (options_.records > 0) seen_->newest.push_back(record);
    if (seen_->newest.size() > options_.records) seen_->newest.pop_front();
    Advance(record.bytes());
    return {};
  }

  // Space in the journal is used anew only after the superblocks have changed: if they have not, what was
  // read in between was the journal of one moment.
  Status StillThere(const Superblock& before) {
    ChosenSuperblock after;
    const Status status = ReadSuperblocks(reader_, &after);
    if (status.ok() && after.superblock.sequence == before.sequence) return {};
    return Changing();
  }

  static Status Changing() { return Status(code::kLocked, "the region changes faster than it can be read"); }

  // Reads all of it, and where that fails page by page to tell where.
  void ReadData() {
    std::vector<uint8_t> chunk(kMiB);
    const uint64_t end = kDataOffset + seen_->superblock.data_bytes;
    for (uint64_t at = kDataOffset; at < end; at += chunk.size()) {
      const uint64_t bytes = std::min<uint64_t>(chunk.size(), end - at);
      if (!reader_.Read(at, chunk.data(), bytes).ok()) {
        for (uint64_t page = at; page < at + bytes; page += kPage)
          if (!reader_.Read(page, chunk.data(), kPage).ok()) AddGap(page);
      }
      Advance(bytes);
    }
  }

  void AddGap(uint64_t page) {
    std::vector<Gap>& gaps = seen_->gaps;
    seen_->gap_bytes += kPage;
    if (!gaps.empty() && gaps.back().offset + gaps.back().bytes == page) {
      gaps.back().bytes += kPage;
    } else if (gaps.size() < kMaxGaps) {
      gaps.push_back({page, kPage});
    }
  }

  void Advance(uint64_t bytes) {
    done_ += bytes;
    if (progress_) progress_(std::min(done_, total_), total_);
  }

  Reader& reader_;
  const InspectOptions& options_;
  const Progress& progress_;
  Inspection* seen_;
  uint64_t done_ = 0, total_ = 0;
};

// Opens a file that someone else has locked.
Status OpenUnlocked(const std::string& path, std::unique_ptr<Storage>* storage) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.valid()) return FromErrno(errno, "open");
  return MakeStorage(std::move(file), true, {}, storage);
}

}  // namespace

Status Inspect(const std::string& path, const InspectOptions& options, const Progress& progress,
               Inspection* inspection) {
  Status status;
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    *inspection = Inspection();
    std::unique_ptr<Storage> storage;
    status = OpenFile(path, true, &storage);
    inspection->locked = status.code() == code::kLocked;
    if (inspection->locked) status = OpenUnlocked(path, &storage);
    if (!status.ok()) return status;
    status = Inspector(*storage, options, progress, inspection).Look();
    if (status.code() != code::kLocked) return status;
  }
  if (inspection->problem.ok()) inspection->problem = status;
  return {};
}

}  // namespace fams

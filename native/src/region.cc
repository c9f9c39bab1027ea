#include "region.h"

#include <cstring>

#include "checkpoint.h"
#include "segments.h"

namespace fams {
namespace {

constexpr uint64_t kFirstSegmentBytes = kMiB;
constexpr size_t kMaxUntrackedReported = 16;

}  // namespace

Status Region::Open(const std::string& path, const OpenOptions& options, std::unique_ptr<Region>* opened) {
  std::unique_ptr<Region> region(new Region);
  region->options_ = options;
  Status status = OpenFile(path, options.read_only, &region->storage_);
  if (status.code() == code::kNotFound && !options.read_only) {
    if (!options.size)
      return Status(code::kSizeRequired, "there is no such file, and no size to create it with");
    FAMS_TRY(region->Create(path));
    // Another process may have been faster: then its file is opened like any other.
    status = region->storage_ != nullptr ? Status() : OpenFile(path, false, &region->storage_);
  }
  if (!status.ok()) return status;
  if (region->report_.verdict != Verdict::kCreated) FAMS_TRY(region->Recover());
  FAMS_TRY(region->Start());
  *opened = std::move(region);
  return {};
}

Status Region::Create(const std::string& path) {
  Superblock copies[2];
  const auto contents = [&](const Storage& storage) -> std::vector<Extent> {
    superblock_ = MakeSuperblock(*options_.size, storage.write_unit(), kFirstSegmentBytes);
    for (uint32_t copy = 0; copy < 2; copy++) Seal(&(copies[copy] = superblock_), copy);
    return {
        {0, kDataOffset, nullptr, true},
        {kSuperblockOffsets[0], sizeof copies[0], &copies[0], true},
        {kSuperblockOffsets[1], sizeof copies[1], &copies[1], true},
        {kDataOffset, *options_.size, nullptr, false},
        {superblock_.segments[0].offset, kFirstSegmentBytes, nullptr, true},
    };
  };
  bool created = false;
  FAMS_TRY(CreateFile(path, contents, &storage_, &created));
  if (created) report_.verdict = Verdict::kCreated;
  return {};
}

Status Region::Recover() {
  ChosenSuperblock chosen;
  FAMS_TRY(ReadSuperblocks(*storage_, &chosen));
  superblock_ = chosen.superblock;
  if (options_.size && *options_.size != superblock_.data_bytes)
    return Status(code::kSizeMismatch, "the region has " + std::to_string(superblock_.data_bytes) +
                                           " bytes, not " + std::to_string(*options_.size));
  FAMS_TRY(Committed::Make(storage_.get(), superblock_.data_bytes, &committed_));
  FAMS_TRY(PlanRecovery(*storage_, chosen, committed_.get(), &report_));
  if (report_.verdict == Verdict::kDamaged && !options_.accept_damage)
    return Status(code::kDamaged, "the journal lost the acknowledged commits from record " +
                                      std::to_string(report_.end.next_record) + " on")
        .At(report_.end.position);
  return options_.read_only ? Status() : ApplyRecovery(*storage_, report_, &superblock_, committed_.get());
}

Status Region::Start() {
  FAMS_TRY(storage_->MapPrivate(kDataOffset, superblock_.data_bytes, &working_));
  if (options_.read_only)
    return ApplyToMemory(*storage_, superblock_, report_, *committed_, working_->data());
  if (committed_ == nullptr) FAMS_TRY(Committed::Make(storage_.get(), superblock_.data_bytes, &committed_));
  journal_ = std::make_unique<Journal>(storage_.get(), &superblock_);
  return {};
}

Status Region::Usable() const {
  if (!poison_.ok())
    return Status(code::kPoisoned,
                  "an earlier failure left it unknown what is on the medium (" + poison_.detail() + ")");
  if (options_.read_only) return Status(code::kReadOnly, "the region was opened for reading");
  return {};
}

// After a failed write or flush the kernel may call pages clean that never reached the medium: nothing later
// can be promised.
Status Region::Poison(Status cause) {
  // Lack of space promises that the region goes on, which this one does not.
  if (cause.code() == code::kNoSpace) cause = Status(code::kIo, cause.detail(), cause.error());
  if (poison_.ok()) poison_ = cause;
  return cause;
}

Status Region::Commit(uint32_t list_used, const Suspicion& suspicion, Untracked* untracked) {
  FAMS_TRY(Usable());
  FAMS_TRY(CheckMemory());
  FAMS_TRY(MarkSuspects(suspicion));
  if (untracked != nullptr) FAMS_TRY(Verify(untracked));
  TakeLines(tracker_, list_used, suspects_, &lines_.numbers);
  if (lines_.numbers.empty()) return {};
  Status status = Write();
  if (!status.ok()) PutBack(tracker_, lines_.numbers);
  return status;
}

Status Region::MarkSuspects(const Suspicion& suspicion) {
  const auto mark = [this](uint64_t line) {
    tracker_.marks[line] = 1;
    suspects_.push_back(static_cast<uint32_t>(line));
  };
  suspects_.clear();
  if (suspicion.everything) return committed_->ForEachDifference(working_->data(), tracker_.marks, mark);
  if (!suspicion.line_zero || tracker_.marks[0] != 0) return {};
  bool differs = false;
  FAMS_TRY(committed_->Differs(working_->data(), 0, &differs));
  if (differs) mark(0);
  return {};
}

Status Region::Verify(Untracked* untracked) {
  FAMS_TRY(committed_->ForEachDifference(working_->data(), tracker_.marks, [&](uint64_t line) {
    untracked->count++;
    if (untracked->first.size() < kMaxUntrackedReported) untracked->first.push_back({line, {}});
  }));
  for (UntrackedLine& line : untracked->first) FAMS_TRY(committed_->ReadLine(line.line, line.before));
  if (untracked->count == 0) return {};
  return Status(code::kUntracked, "without a mark changed lines: " + std::to_string(untracked->count));
}

Status Region::Write() {
  JoinRuns(lines_.numbers, &lines_.runs);
  if (!journal_->PrepareBuffer(lines_.record_bytes()))
    return Status(code::kOutOfMemory, "no memory to gather a commit");
  FAMS_TRY(MakeRoom());
  uint64_t offset = 0;
  const uint64_t position = journal_->head();
  Status status = journal_->Append(lines_, working_->data(), options_.durable, &offset);
  if (!status.ok()) return Poison(status);
  for (const uint64_t run : lines_.runs) {
    committed_->Set(RunLine(run), RunCount(run), offset);
    offset += RunCount(run) * kLineBytes;
  }
  stats_.commits++;
  stats_.lines += lines_.numbers.size();
  stats_.journal_bytes += journal_->head() - position;
  return {};
}

Status Region::MakeRoom() {
  for (int step = 0;; step++) {
    bool found = false;
    const Status reserved = journal_->Reserve(lines_.record_bytes(), options_.durable, &found);
    if (!reserved.ok()) return Poison(reserved);
    if (found) return {};
    if (step == 2) return Poison(Status(code::kSuperblock, "the segments of the journal have no room"));
    if (step == 0) {
      CheckpointOptions options;
      options.grow = true;
      FAMS_TRY(RunCheckpoint(options));
    } else {
      FAMS_TRY(AddLargeSegment());
    }
  }
}

// A commit longer than any segment gets one of its own. The superblocks know of it before its first byte is
// written.
Status Region::AddLargeSegment() {
  const uint64_t bytes = AlignUp(lines_.record_bytes() + 2 * superblock_.block_bytes, kGranule);
  const uint64_t end = EndOfFile(superblock_);
  Superblock next = superblock_;
  if (AddSegment(&next, bytes, true) == nullptr)
    return Status(code::kNoSpace, "the journal has no entry left for another segment");
  const Status allocated = storage_->Allocate(end, bytes);
  if (!allocated.ok()) {
    // Some of it may have been there.
    const Status cut = storage_->Truncate(end);
    return allocated.code() == code::kNoSpace && cut.ok() ? allocated : Poison(allocated);
  }
  Status status = storage_->FlushAll(Stream::kJournal);
  if (status.ok()) status = WriteSuperblocks(*storage_, &next);
  if (!status.ok()) return Poison(status);
  superblock_ = next;
  return {};
}

Status Region::RunCheckpoint(const CheckpointOptions& options) {
  const Status status =
      Checkpoint(*storage_, &superblock_, *journal_, *committed_, options, &stats_.checkpoint_bytes);
  if (!status.ok()) return Poison(status);
  stats_.checkpoints++;
  return {};
}

// Memory whose file has been cut short must not be touched, and nothing be acknowledged that has lost its
// name.
Status Region::CheckMemory() {
  const Status status = storage_->CheckAlive();
  return status.ok() ? status : Poison(status);
}

Status Region::Rollback(uint32_t list_used, const Suspicion& suspicion) {
  FAMS_TRY(CheckMemory());
  FAMS_TRY(MarkSuspects(suspicion));
  TakeLines(tracker_, list_used, suspects_, &lines_.numbers);
  for (const uint32_t line : lines_.numbers) {
    const Status status = committed_->ReadLine(line, working_->data() + uint64_t{line} * kLineBytes);
    if (!status.ok()) {
      PutBack(tracker_, lines_.numbers);
      return status;
    }
  }
  return {};
}

Status Region::Flush() {
  FAMS_TRY(Usable());
  const Status status = journal_->Flush();
  return status.ok() ? CheckMemory() : Poison(status);
}

Status Region::Close() {
  Status status;
  if (!options_.read_only && poison_.ok()) {
    CheckpointOptions options;
    options.clean = true;
    status = RunCheckpoint(options);
  }
  journal_.reset();
  committed_.reset();
  storage_.reset();
  working_.reset();
  return status;
}

}  // namespace fams

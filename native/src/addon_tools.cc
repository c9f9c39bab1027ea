// The Node-API surface of the tools: each call works on a thread of the pool, tells a callback how far it has
// come, and settles a promise.

#include "addon_tools.h"

#include <algorithm>
#include <string>
#include <utility>

#include "backup.h"
#include "inspect.h"
#include "job.h"
#include "repair.h"

namespace fams {
namespace {

// An object that is filled member by member.
class Shape {
 public:
  explicit Shape(Napi::Env env) : env_(env), object_(Napi::Object::New(env)) {}

  Shape& Number(const char* name, uint64_t value) {
    object_.Set(name, static_cast<double>(value));
    return *this;
  }
  Shape& Bool(const char* name, bool value) {
    object_.Set(name, value);
    return *this;
  }
  Shape& Hex(const char* name, const void* bytes, size_t count) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (size_t i = 0; i < count; i++) {
      const uint8_t byte = static_cast<const uint8_t*>(bytes)[i];
      text += digits[byte >> 4];
      text += digits[byte & 15];
    }
    object_.Set(name, text);
    return *this;
  }
  template <typename Item, typename Each>
  Shape& List(const char* name, const Item* items, size_t count, Each each) {
    Napi::Array array = Napi::Array::New(env_, count);
    for (uint32_t i = 0; i < count; i++) array.Set(i, each(env_, items[i]));
    return Set(name, array);
  }
  Shape& Set(const char* name, Napi::Value value) {
    object_.Set(name, value);
    return *this;
  }

  Napi::Object object() const { return object_; }

 private:
  Napi::Env env_;
  Napi::Object object_;
};

Napi::Value ToSegment(Napi::Env env, const Segment& segment) {
  return Shape(env)
      .Number("offset", segment.offset)
      .Number("bytes", segment.bytes)
      .Number("start", segment.start)
      .Bool("temporary", segment.temporary != 0)
      .object();
}

Napi::Object ToSuperblock(Napi::Env env, const Superblock& s) {
  return Shape(env)
      .Number("version", s.version)
      .Number("byteOrder", s.byte_order)
      .Hex("requiredFeatures", &s.required_features, sizeof s.required_features)
      .Hex("optionalFeatures", &s.optional_features, sizeof s.optional_features)
      .Hex("uuid", s.uuid, sizeof s.uuid)
      .Number("generation", s.generation)
      .Hex("salt", &s.salt, sizeof s.salt)
      .Number("sequence", s.sequence)
      .Number("dataOffset", s.data_offset)
      .Number("dataBytes", s.data_bytes)
      .Number("replayPosition", s.replay_position)
      .Number("nextRecord", s.next_record)
      .Number("blockBytes", s.block_bytes)
      .Bool("clean", s.clean != 0)
      .List("segments", s.segments, std::min(s.segment_count, kMaxSegments), ToSegment)
      .object();
}

Napi::Value ToCopy(Napi::Env env, const CopySeen& copy) {
  const bool magic = copy.readable && std::equal(kMagic, kMagic + sizeof kMagic, copy.bytes.magic);
  Shape shape(env);
  shape.Bool("readable", copy.readable).Bool("magic", magic).Bool("valid", copy.valid);
  return shape.Set("superblock", magic ? ToSuperblock(env, copy.bytes) : env.Null()).object();
}

Napi::Value ToRecord(Napi::Env env, const RecordAt& record) {
  const RecordHeader& header = record.header;
  const bool link = header.type == kLink;
  Shape shape(env);
  shape.Set("type", Napi::String::New(env, link ? "link" : "commit"))
      .Number("sequence", header.sequence)
      .Number("position", header.position)
      .Number("offset", record.offset)
      .Number("bytes", record.bytes())
      .Number("durableThrough", header.durable_through);
  if (link) return shape.Number("target", header.payload_bytes).object();
  return shape.Number("runs", header.run_count)
      .Number("lines", (header.payload_bytes - RunTableBytes(header.run_count)) / kLineBytes)
      .object();
}

Napi::Value ToGap(Napi::Env env, const Gap& gap) {
  return Shape(env).Number("offset", gap.offset).Number("bytes", gap.bytes).object();
}

Napi::Value ToPlan(Napi::Env env, const RecoveryReport& plan) {
  return Shape(env)
      .Set("verdict", Napi::String::New(env, NameOf(plan.verdict)))
      .Number("commits", plan.end.commits)
      .Number("lines", plan.end.lines)
      .Number("end", plan.end.position)
      .Number("nextRecord", plan.end.next_record)
      .Set("ending", Napi::String::New(env, NameOf(plan.end.ending)))
      .object();
}

Napi::Value ToInspection(Napi::Env env, const Inspection& seen) {
  Shape shape(env);
  shape.Number("fileBytes", seen.file_bytes)
      .Bool("locked", seen.locked)
      .List("copies", seen.copies, 2, ToCopy);
  if (!seen.problem.ok()) return shape.Set("problem", DescribeFailure(env, seen.problem)).object();
  const std::vector<RecordAt> newest(seen.newest.begin(), seen.newest.end());
  return shape.Set("superblock", ToSuperblock(env, seen.superblock))
      .Set("plan", ToPlan(env, seen.plan))
      .Number("links", seen.links)
      .List("records", newest.data(), newest.size(), ToRecord)
      .Number("gapBytes", seen.gap_bytes)
      .List("gaps", seen.gaps.data(), seen.gaps.size(), ToGap)
      .object();
}

Napi::Value ToRepaired(Napi::Env env, const Repaired& repaired) {
  return Shape(env)
      .Set("plan", ToPlan(env, repaired.report))
      .Set("superblock", ToSuperblock(env, repaired.superblock))
      .Number("bytesBefore", repaired.bytes_before)
      .Number("bytesAfter", repaired.bytes_after)
      .object();
}

// inspectFile(path, { records, readData }, onProgress?)
Napi::Value InspectFile(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const Napi::Object given = info[1].As<Napi::Object>();
  InspectOptions options;
  options.records = given.Get("records").As<Napi::Number>().Uint32Value();
  options.read_data = given.Get("readData").ToBoolean();
  const auto work = [=](const Progress& progress, Inspection* seen) {
    return Inspect(path, options, progress, seen);
  };
  return Job<Inspection>::Start(info.Env(), path, info[2], work, ToInspection);
}

// repairFile(path, { acceptDamage, compact })
Napi::Value RepairFile(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const Napi::Object given = info[1].As<Napi::Object>();
  RepairOptions options;
  options.accept_damage = given.Get("acceptDamage").ToBoolean();
  options.compact = given.Get("compact").ToBoolean();
  const auto work = [=](const Progress&, Repaired* repaired) { return Repair(path, options, repaired); };
  return Job<Repaired>::Start(info.Env(), path, info.Env().Undefined(), work, ToRepaired);
}

// backupFile(from, to, replace, onProgress?)
Napi::Value CopyFile(const Napi::CallbackInfo& info) {
  const std::string from = info[0].As<Napi::String>(), to = info[1].As<Napi::String>();
  const Existing existing = info[2].ToBoolean() ? Existing::kReplace : Existing::kKeep;
  const auto work = [=](const Progress& progress, Superblock* superblock) {
    return BackupFile(from, to, existing, progress, superblock);
  };
  const auto convert = [](Napi::Env env, const Superblock& superblock) -> Napi::Value {
    return ToSuperblock(env, superblock);
  };
  return Job<Superblock>::Start(info.Env(), from, info[3], work, convert);
}

}  // namespace

void DefineTools(Napi::Env env, Napi::Object exports) {
  exports.Set("inspectFile", Napi::Function::New<InspectFile>(env, "inspectFile"));
  exports.Set("repairFile", Napi::Function::New<RepairFile>(env, "repairFile"));
  exports.Set("backupFile", Napi::Function::New<CopyFile>(env, "backupFile"));
}

}  // namespace fams

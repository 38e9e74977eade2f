// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/state_dict_pickle.h"

#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>

#include "core/model/stored_values.h"

namespace lottery {

static_assert(std::endian::native == std::endian::little, "pickles are little-endian");

namespace {

constexpr std::size_t kLongestPickle = 4U << 20U;
constexpr const char* kWayOut =
    "Save the weights alone, as model.save_pretrained(folder) or torch.save(model.state_dict(), file) does";

// Values refer to each other by their number: what a damaged pickle makes refer to itself does no harm.
using Id = std::uint32_t;

struct None {};
struct Opaque {};  // read over, never looked at
struct Global {
    std::string name;  // "torch.FloatStorage"
};
struct Tuple {
    std::vector<Id> items;
};
struct Dict {
    std::vector<std::pair<Id, Id>> items;
};
struct Storage {
    std::string record;
    torch::Dtype dtype;
    std::int64_t size;
};
struct Tensor {
    Id storage;
    std::int64_t offset;
    std::vector<std::int64_t> shape, strides;
};
using Value = std::variant<None, Opaque, std::int64_t, std::string, Global, Tuple, Dict, Storage, Tensor>;

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kRebuildTensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";

constexpr std::array<std::pair<std::string_view, torch::Dtype>, 10> kStorages = {
    {{"torch.DoubleStorage", torch::kFloat64},
     {"torch.FloatStorage", torch::kFloat32},
     {"torch.HalfStorage", torch::kFloat16},
     {"torch.BFloat16Storage", torch::kBFloat16},
     {"torch.LongStorage", torch::kInt64},
     {"torch.IntStorage", torch::kInt32},
     {"torch.ShortStorage", torch::kInt16},
     {"torch.CharStorage", torch::kInt8},
     {"torch.ByteStorage", torch::kUInt8},
     {"torch.BoolStorage", torch::kBool}}};

std::optional<torch::Dtype> dtype_of_storage(std::string_view name) {
    for (const auto& [known, dtype] : kStorages)
        if (known == name) return dtype;
    return std::nullopt;
}

// The pickle machine: a stack, marks on it and a memo.
class Reader {
public:
    Reader(std::string_view pickle, const std::string& place) : rest_(pickle), place_(place), size_(pickle.size()) {}

    Result<PickledStateDict> read() {
        if (rest_.size() > kLongestPickle)
            return wrong("describes its tensors in " + std::to_string(rest_.size()) + " bytes, at most " +
                         std::to_string(kLongestPickle) + " were expected");
        while (!stopped_) LOTTERY_CHECK(step());
        LOTTERY_TRY(const Id root, pop());
        return state_dict(root);
    }

private:
    [[nodiscard]] Error wrong(const std::string& message) const { return Error{message, place_, kWayOut}; }
    [[nodiscard]] Error damaged(const std::string& what) const {
        return Error{"the pickle is damaged at byte " + std::to_string(size_ - rest_.size()) + ": " + what, place_,
                     "Copy or download the file again"};
    }

    // Reading bytes.
    Result<std::string_view> take(std::size_t count) {
        if (count > rest_.size()) return damaged("it ends too early");
        const auto bytes = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return bytes;
    }
    template <typename T>
    Result<T> take_number() {
        LOTTERY_TRY(const auto bytes, take(sizeof(T)));
        T value;
        std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    Result<std::string_view> take_line() {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos) return damaged("it ends too early");
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }

    // The stack.
    Status push(Value value) {
        values_.push_back(std::move(value));
        stack_.push_back(static_cast<Id>(values_.size() - 1));
        return ok();
    }
    Result<Id> pop() {
        const std::size_t floor = marks_.empty() ? 0 : marks_.back();
        if (stack_.size() <= floor) return damaged("a value is missing");
        const Id id = stack_.back();
        stack_.pop_back();
        return id;
    }
    Result<std::vector<Id>> pop_to_mark() {
        if (marks_.empty()) return damaged("a mark is missing");
        const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
        std::vector<Id> items(first, stack_.end());
        stack_.erase(first, stack_.end());
        marks_.pop_back();
        return items;
    }
    template <typename T>
    Status push_number() {
        LOTTERY_TRY(const auto value, take_number<T>());
        return push(std::int64_t{value});
    }
    template <typename T>
    Status remember() {
        LOTTERY_TRY(const auto slot, take_number<T>());
        LOTTERY_TRY(const Id id, pop());
        stack_.push_back(id);
        memo_[slot] = id;
        return ok();
    }
    template <typename T>
    Status recall() {
        LOTTERY_TRY(const auto slot, take_number<T>());
        const auto it = memo_.find(slot);
        if (it == memo_.end()) return damaged("memo " + std::to_string(slot) + " is empty");
        stack_.push_back(it->second);
        return ok();
    }
    template <typename T>
    T* as(Id id) {
        return std::get_if<T>(&values_[id]);
    }

    Status step();
    Status push_tuple(std::size_t count);
    Status add_items(const std::vector<Id>& items);
    Status push_long();
    Status reduce();
    Status build();
    Status load_storage();
    Result<Tensor> rebuild_tensor(const std::vector<Id>& arguments);
    std::optional<std::vector<std::int64_t>> whole_numbers(Id id);
    Result<PickledStateDict> state_dict(Id root);

    std::string_view rest_;
    const std::string& place_;
    std::size_t size_;
    std::vector<Value> values_;
    std::vector<Id> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint32_t, Id> memo_;
    bool stopped_ = false;
};

Status Reader::step() {
    LOTTERY_TRY(const auto opcode, take_number<unsigned char>());
    switch (opcode) {
        case 0x80: {  // PROTO
            LOTTERY_TRY(const auto protocol, take_number<unsigned char>());
            if (protocol == 2 || protocol == 3) return ok();
            return wrong("is a pickle of protocol " + std::to_string(protocol) + ", protocol 2 was expected");
        }
        case '.':
            stopped_ = true;
            return ok();
        case '(':
            marks_.push_back(stack_.size());
            return ok();
        case 'N':
            return push(None{});
        case 0x88:
            return push(std::int64_t{1});  // NEWTRUE
        case 0x89:
            return push(std::int64_t{0});  // NEWFALSE
        case 'K':
            return push_number<std::uint8_t>();
        case 'M':
            return push_number<std::uint16_t>();
        case 'J':
            return push_number<std::int32_t>();
        case 0x8a:
            return push_long();
        case 'G':  // BINFLOAT
            LOTTERY_CHECK(take(8));
            return push(Opaque{});
        case 'X': {  // BINUNICODE
            LOTTERY_TRY(const auto length, take_number<std::uint32_t>());
            LOTTERY_TRY(const auto text, take(length));
            return push(std::string(text));
        }
        case 'c': {
            LOTTERY_TRY(const auto module, take_line());
            LOTTERY_TRY(const auto name, take_line());
            const auto global = std::string(module) + "." + std::string(name);
            if (global != kOrderedDict && global != kRebuildTensor && global != kRebuildParameter &&
                !dtype_of_storage(global))
                return wrong("needs \"" + global + "\", which no plain state dict has; it was not executed");
            return push(Global{global});
        }
        case 'q':
            return remember<std::uint8_t>();
        case 'r':
            return remember<std::uint32_t>();
        case 'h':
            return recall<std::uint8_t>();
        case 'j':
            return recall<std::uint32_t>();
        case ')':
            return push_tuple(0);
        case 0x85:
            return push_tuple(1);
        case 0x86:
            return push_tuple(2);
        case 0x87:
            return push_tuple(3);
        case 't': {
            LOTTERY_TRY(auto items, pop_to_mark());
            return push(Tuple{std::move(items)});
        }
        case '}':
            return push(Dict{});
        case ']':
            return push(Opaque{});
        case 'a':  // APPEND
            LOTTERY_CHECK(pop());
            return ok();
        case 'e':  // APPENDS
            LOTTERY_CHECK(pop_to_mark());
            return ok();
        case 's': {
            LOTTERY_TRY(const Id value, pop());
            LOTTERY_TRY(const Id key, pop());
            return add_items({key, value});
        }
        case 'u': {
            LOTTERY_TRY(const auto items, pop_to_mark());
            return add_items(items);
        }
        case 'R':
            return reduce();
        case 'b':
            return build();
        case 'Q':
            return load_storage();
        default:
            return damaged("opcode " + std::to_string(opcode) + " is not one that a state dict uses");
    }
}

Status Reader::push_tuple(std::size_t count) {
    Tuple tuple;
    tuple.items.resize(count);
    for (std::size_t i = count; i-- > 0;) {
        LOTTERY_TRY(tuple.items[i], pop());
    }
    return push(std::move(tuple));
}

Status Reader::add_items(const std::vector<Id>& items) {
    LOTTERY_TRY(const Id target, pop());
    stack_.push_back(target);
    auto* dict = as<Dict>(target);
    if (dict == nullptr || items.size() % 2 != 0) return damaged("items are set on something that is no dictionary");
    for (std::size_t i = 0; i < items.size(); i += 2) dict->items.emplace_back(items[i], items[i + 1]);
    return ok();
}

// LONG1: a whole number of up to 255 bytes; nothing a state dict needs is wider than 8.
Status Reader::push_long() {
    LOTTERY_TRY(const auto width, take_number<std::uint8_t>());
    LOTTERY_TRY(const auto bytes, take(width));
    if (width > sizeof(std::int64_t)) return push(Opaque{});
    std::int64_t value = width > 0 && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0 ? -1 : 0;
    std::memcpy(&value, bytes.data(), width);
    return push(value);
}

Status Reader::reduce() {
    LOTTERY_TRY(const Id argument_id, pop());
    LOTTERY_TRY(const Id callable_id, pop());
    const auto* arguments = as<Tuple>(argument_id);
    const auto* callable = as<Global>(callable_id);
    if (arguments == nullptr || callable == nullptr) return damaged("a call without a function or arguments");
    if (callable->name == kOrderedDict) {
        if (arguments->items.empty()) return push(Dict{});
        return wrong("makes an OrderedDict from a list, which only Python 2 did");
    }
    if (callable->name == kRebuildTensor) {
        LOTTERY_TRY(auto tensor, rebuild_tensor(arguments->items));
        return push(std::move(tensor));
    }
    if (callable->name == kRebuildParameter && !arguments->items.empty() &&
        as<Tensor>(arguments->items[0]) != nullptr) {
        stack_.push_back(arguments->items[0]);
        return ok();
    }
    return damaged("\"" + callable->name + "\" with arguments that do not fit");
}

// Attributes set on an object; an OrderedDict's are module versions, which the weights do not depend on.
Status Reader::build() {
    LOTTERY_CHECK(pop());
    LOTTERY_TRY(const Id target, pop());
    stack_.push_back(target);
    if (as<Dict>(target) == nullptr) return damaged("attributes are set on something that is no dictionary");
    return ok();
}

// ("storage", storage type, record, device it was on, values)
Status Reader::load_storage() {
    LOTTERY_TRY(const Id id, pop());
    const auto* tuple = as<Tuple>(id);
    if (tuple == nullptr || tuple->items.size() != 5) return damaged("a storage that is not described by five values");
    const auto* kind = as<std::string>(tuple->items[0]);
    const auto* type = as<Global>(tuple->items[1]);
    const auto* record = as<std::string>(tuple->items[2]);
    const auto* size = as<std::int64_t>(tuple->items[4]);
    const auto dtype = type == nullptr ? std::nullopt : dtype_of_storage(type->name);
    if (kind == nullptr || *kind != "storage" || !dtype || record == nullptr || size == nullptr || *size < 0)
        return damaged("a storage whose description does not fit");
    return push(Storage{*record, *dtype, *size});
}

std::optional<std::vector<std::int64_t>> Reader::whole_numbers(Id id) {
    const auto* tuple = as<Tuple>(id);
    if (tuple == nullptr) return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (const Id item : tuple->items) {
        const auto* number = as<std::int64_t>(item);
        if (number == nullptr || *number < 0) return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

// (storage, offset, shape, strides, requires_grad, hooks[, metadata])
Result<Tensor> Reader::rebuild_tensor(const std::vector<Id>& arguments) {
    if (arguments.size() < 6) return damaged("a tensor that is described by too few values");
    const auto* storage = as<Storage>(arguments[0]);
    const auto* offset = as<std::int64_t>(arguments[1]);
    const auto shape = whole_numbers(arguments[2]);
    const auto strides = whole_numbers(arguments[3]);
    if (storage == nullptr || offset == nullptr || !shape || !strides || shape->size() != strides->size() ||
        !element_count(*shape))
        return damaged("a tensor whose description does not fit");
    // One past the last value; each term is checked against the storage, so that nothing overflows.
    std::int64_t end = *offset;
    bool within = end >= 0 && end <= storage->size;
    if (*element_count(*shape) > 0) {
        for (std::size_t i = 0; within && i < shape->size(); ++i) {
            const auto steps = (*shape)[i] - 1;
            const auto stride = (*strides)[i];
            within = stride == 0 || steps <= (storage->size - end) / stride;
            if (within) end += steps * stride;
        }
        within = within && end < storage->size;
    }
    if (!within)
        return wrong("a tensor of shape " + shape_text(*shape) + " and strides " + shape_text(*strides) + " at " +
                     std::to_string(*offset) + " leaves its storage of " + std::to_string(storage->size) + " values");
    return Tensor{arguments[0], *offset, *shape, *strides};
}

Result<PickledStateDict> Reader::state_dict(Id root) {
    const auto* dict = as<Dict>(root);
    if (dict == nullptr) return wrong("holds something other than a dictionary of tensors");
    PickledStateDict result;
    std::set<std::string> keys;
    for (const auto& [key_id, value_id] : dict->items) {
        const auto* key = as<std::string>(key_id);
        if (key == nullptr) return wrong("holds a dictionary whose keys are not all text");
        if (!keys.insert(*key).second) return wrong("key \"" + *key + "\" stands twice");
        const auto* tensor = as<Tensor>(value_id);
        if (tensor == nullptr) {
            result.others.push_back(*key);
            continue;
        }
        const auto& storage = *as<Storage>(tensor->storage);
        result.tensors.push_back(
            {*key, storage.dtype, tensor->shape, tensor->strides, tensor->offset, storage.record, storage.size});
    }
    return result;
}

}  // namespace

Result<PickledStateDict> parse_state_dict_pickle(std::string_view pickle, const std::string& place) {
    return Reader(pickle, place).read();
}

}  // namespace lottery

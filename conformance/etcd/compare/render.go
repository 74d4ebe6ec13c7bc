package main

import (
	"fmt"
	"hash/crc32"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"google.golang.org/grpc/status"
)

// names turns what legitimately differs between two servers into words that must be equal: revisions into distances from
// the start of the case, ids into "self" or "lease1", sizes into the relations that hold between them.
type names struct {
	base     int64 // revision at the start of the case
	authBase int64 // auth revision at the start of the case
	cluster  uint64
	member   uint64
	anyNode  bool // calls go to all nodes of a cluster in turn, so that whose answer it is does not matter
	term     uint64
	leases   map[int64]string
	others   map[uint64]string
}

// renderers handle the fields whose value may differ between two servers. The key is "Type.Field".
var renderers map[string]func(n *names, parent, value reflect.Value) string

// render gives one message as a line of text: fields in the order of their numbers, zero values left out, an empty
// submessage told apart from an absent one, unknown fields shown.
func (n *names) render(message any) string {
	value := reflect.ValueOf(message)
	if !value.IsValid() || (value.Kind() == reflect.Pointer && value.IsNil()) {
		return "nil"
	}
	value = reflect.Indirect(value)
	return value.Type().Name() + n.fields(value)
}

func (n *names) fields(message reflect.Value) string {
	var out []string
	for i := 0; i < message.NumField(); i++ {
		field, value := message.Type().Field(i), message.Field(i)
		if field.Name == "XXX_NoUnkeyedLiteral" || field.Name == "XXX_sizecache" || value.IsZero() {
			continue
		}
		if special := renderers[message.Type().Name()+"."+field.Name]; special != nil {
			out = append(out, field.Name+"="+special(n, message, value))
			continue
		}
		out = append(out, field.Name+n.value(value))
	}
	return "{" + strings.Join(out, " ") + "}"
}

func (n *names) value(value reflect.Value) string {
	switch value.Kind() {
	case reflect.Pointer:
		if value.Elem().Kind() == reflect.Struct {
			return n.fields(value.Elem())
		}
		return "=" + fmt.Sprint(value.Elem())
	case reflect.Interface: // a oneof: pointer to a struct with one field
		return ":" + n.oneof(value.Elem().Elem())
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return "=" + shortBytes(value.Bytes())
		}
		return n.list(value)
	case reflect.String:
		return "=" + strconv.Quote(n.text(value.String()))
	case reflect.Struct:
		return n.fields(value)
	default:
		return "=" + fmt.Sprint(value.Interface())
	}
}

// oneof shows the chosen field even when its value is zero, as the wire does.
func (n *names) oneof(chosen reflect.Value) string {
	field := chosen.Type().Field(0)
	if special := renderers[chosen.Type().Name()+"."+field.Name]; special != nil {
		return field.Name + "=" + special(n, chosen, chosen.Field(0))
	}
	if chosen.Field(0).Kind() == reflect.Pointer && chosen.Field(0).IsNil() {
		return field.Name + "{}"
	}
	return field.Name + n.value(chosen.Field(0))
}

func (n *names) list(value reflect.Value) string {
	items := make([]string, value.Len())
	for i := range items {
		items[i] = strings.TrimPrefix(n.value(value.Index(i)), "=")
	}
	if value.Type().Elem() == memberType {
		// By ids, which are random: each server's own is elsewhere in the list.
		sort.Strings(items)
	}
	return "[" + strings.Join(items, " ") + "]"
}

var memberType = reflect.TypeOf((*pb.Member)(nil))

// shortBytes quotes what is short and gives length and checksum of what is long.
func shortBytes(data []byte) string {
	if len(data) <= 80 {
		return strconv.Quote(string(data))
	}
	return fmt.Sprintf("<%d bytes crc %08x>", len(data), crc32.ChecksumIEEE(data))
}

var longDecimal = regexp.MustCompile(`\d{9,}`)

// text replaces the member's id in texts for people, which carry it in decimal.
func (n *names) text(text string) string {
	return longDecimal.ReplaceAllStringFunc(text, func(digits string) string {
		id, err := strconv.ParseUint(digits, 10, 64)
		if n.member == 0 || err != nil {
			return digits
		}
		if id == n.member {
			return "<self>"
		}
		if n.others[id] == "" {
			return digits
		}
		return "<" + n.others[id] + ">"
	})
}

// failure gives code and text of a failed call.
func (n *names) failure(err error) string {
	s := status.Convert(err)
	out := fmt.Sprintf("error %s: %q", s.Code(), n.text(s.Message()))
	if details := s.Details(); len(details) > 0 {
		out += fmt.Sprintf(" with %d details", len(details))
	}
	return out
}

func (n *names) revision(_, value reflect.Value) string { return n.distance(value.Int()) }

func (n *names) distance(revision int64) string {
	if revision <= 0 {
		return fmt.Sprint(revision)
	}
	return fmt.Sprintf("@%+d", revision-n.base)
}

func (n *names) authRevision(_, value reflect.Value) string {
	return fmt.Sprintf("@%+d", int64(value.Uint())-n.authBase)
}

func (n *names) clusterID(_, value reflect.Value) string { return stable(&n.cluster, value.Uint()) }

// headerMember is whose answer it is, which does not matter where all nodes are asked.
func (n *names) headerMember(field, value reflect.Value) string {
	if n.anyNode && value.Uint() >= leastMemberID {
		return "self"
	}
	return n.memberID(field, value)
}

// memberID holds the id of the server to the first one that was seen.
func (n *names) memberID(_, value reflect.Value) string {
	if n.member == 0 {
		n.member = value.Uint()
	}
	return n.memberOrNumber(value, value)
}

// other names another member of the cluster by the order in which they are seen.
func (n *names) other(id uint64) string {
	if n.others == nil {
		n.others = map[uint64]string{}
	}
	if n.others[id] == "" {
		n.others[id] = fmt.Sprintf("other%d", len(n.others)+1)
	}
	return n.others[id]
}

// stable holds an id to the first one that was seen.
func stable(known *uint64, id uint64) string {
	if *known == 0 {
		*known = id
	}
	if id != *known {
		return fmt.Sprintf("<changed from %x to %x>", *known, id)
	}
	return "self"
}

// leastMemberID is below all ids of members, which are hashes, and above the numbers that cases make up.
const leastMemberID = 1 << 32

func (n *names) memberOrNumber(_, value reflect.Value) string {
	id := value.Uint()
	if n.member == id && id != 0 {
		return "self"
	}
	if n.member == 0 || id < leastMemberID {
		return fmt.Sprint(id)
	}
	return n.other(id)
}

func (n *names) raftTerm(_, value reflect.Value) string {
	if term := value.Uint(); term < n.term {
		return fmt.Sprintf("<went back from %d to %d>", n.term, term)
	}
	n.term = value.Uint()
	return "ok"
}

func (n *names) leaseID(_, value reflect.Value) string {
	if alias := n.leases[value.Int()]; alias != "" {
		return alias
	}
	return fmt.Sprint(value.Int())
}

// grantedLease gives an id that the server chose a name, so that it can be followed through later answers.
func (n *names) grantedLease(parent, value reflect.Value) string {
	return n.leaseID(parent, value)
}

// nameLease is called for a grant that left the choice of the id to the server.
func (n *names) nameLease(id int64) {
	if id > 0 && n.leases[id] == "" {
		n.leases[id] = fmt.Sprintf("lease%d", len(n.leases)+1)
	}
}

// remainingTTL accepts three seconds of difference: the answers are given at different times. A lease of hours may have
// been renewed minutes ago in a long sequence of operations, at moments that differ by a second.
func (n *names) remainingTTL(parent, value reflect.Value) string {
	granted, left := parent.FieldByName("GrantedTTL").Int(), value.Int()
	slack := int64(3)
	if granted >= 3600 {
		slack = 600
	}
	if granted >= 10 && left <= granted && left >= granted-slack {
		return "full"
	}
	if granted > 0 && granted < 10 && left >= 0 && left <= granted {
		return "some"
	}
	return fmt.Sprint(left)
}

func (n *names) dbSize(_, value reflect.Value) string { return sign(value.Int()) }

func (n *names) dbSizeInUse(parent, value reflect.Value) string {
	if value.Int() > parent.FieldByName("DbSize").Int() {
		return "<more than DbSize>"
	}
	return sign(value.Int())
}

func (n *names) raftIndex(parent, value reflect.Value) string {
	if value.Uint() < parent.FieldByName("RaftAppliedIndex").Uint() {
		return "<less than RaftAppliedIndex>"
	}
	return "some"
}

func sign(number int64) string {
	if number > 0 {
		return "some"
	}
	return fmt.Sprint(number)
}

func (n *names) someNumber(_, _ reflect.Value) string { return "some" }

func (n *names) someText(_, _ reflect.Value) string { return "some" }

func (n *names) urls(_, value reflect.Value) string { return fmt.Sprintf("%d urls", value.Len()) }

// electionKey replaces the lease's id in hex, which ends the keys of locks and elections.
func (n *names) electionKey(_, value reflect.Value) string {
	return shortBytes([]byte(n.keyText(string(value.Bytes()))))
}

func (n *names) keyText(key string) string {
	for id, alias := range n.leases {
		key = strings.ReplaceAll(key, fmt.Sprintf("/%x", id), "/<"+alias+">")
	}
	return key
}

var simpleToken = regexp.MustCompile(`^[a-zA-Z]{16}\.\d+$`)

func (n *names) token(_, value reflect.Value) string {
	if simpleToken.MatchString(value.String()) {
		return "<simple token>"
	}
	return strconv.Quote(value.String())
}

// sortedKeys: the order in which a lease names its keys is unspecified (etcd semantics, section 23).
func (n *names) sortedKeys(_, value reflect.Value) string {
	keys := make([]string, value.Len())
	for i := range keys {
		keys[i] = shortBytes([]byte(n.keyText(string(value.Index(i).Bytes()))))
	}
	sort.Strings(keys)
	return fmt.Sprint(keys)
}

// anyOrder is for alarms: etcd keeps them in a map, so their order changes from call to call.
func (n *names) anyOrder(_, value reflect.Value) string {
	items := make([]string, value.Len())
	for i := range items {
		items[i] = strings.TrimPrefix(n.value(value.Index(i)), "=")
	}
	sort.Strings(items)
	return fmt.Sprint(items)
}

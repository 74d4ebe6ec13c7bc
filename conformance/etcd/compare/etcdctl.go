package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gogo/protobuf/proto"
	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// commandLimit is how long one line of the list may take.
const commandLimit = 40 * time.Second

// ctlLine is one line of etcdctl.commands. Its head says how the output is compared; see the head of that file.
type ctlLine struct {
	number int
	mode   string
	text   string
}

// runEtcdctl runs every line of the list against both servers and compares output and exit code.
func runEtcdctl(o *options) int {
	groups, err := readCommands(o.commands, o.only)
	if err != nil {
		fmt.Printf("etcdctl: %v\n", err)
		return 1
	}
	lines, failed := 0, 0
	for _, group := range groups {
		differences, err := runGroup(o, group)
		lines += len(group.lines)
		if err != nil {
			differences = append(differences, err.Error())
		}
		if len(differences) == 0 {
			fmt.Printf("ok   etcdctl %s (%d lines)\n", group.name, len(group.lines))
			continue
		}
		failed++
		fmt.Printf("FAIL etcdctl %s\n     %s\n", group.name, strings.Join(differences, "\n     "))
	}
	fmt.Printf("etcdctl: %d of %d groups of commands agree, %d lines\n", len(groups)-failed, len(groups), lines)
	if failed > 0 || lines == 0 {
		return 1
	}
	return 0
}

type ctlGroup struct {
	name  string
	lines []ctlLine
}

// readCommands reads the list: "== NAME" begins a group, which gets clean servers.
func readCommands(path, only string) ([]*ctlGroup, error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var groups []*ctlGroup
	scanner := bufio.NewScanner(file)
	for number := 1; scanner.Scan(); number++ {
		text := strings.TrimSpace(scanner.Text())
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "== "):
			groups = append(groups, &ctlGroup{name: text[3:]})
		case len(groups) == 0:
			return nil, fmt.Errorf("%s:%d: a command before the first group", path, number)
		default:
			mode, command, _ := strings.Cut(text, " ")
			last := groups[len(groups)-1]
			last.lines = append(last.lines, ctlLine{number, mode, strings.TrimSpace(command)})
		}
	}
	var chosen []*ctlGroup
	for _, group := range groups {
		if pattern.MatchString("etcdctl " + group.name) {
			chosen = append(chosen, group)
		}
	}
	return chosen, scanner.Err()
}

// runGroup runs one group on a pair of its own, so that revisions and ids are the same on both.
func runGroup(o *options, group *ctlGroup) ([]string, error) {
	both, err := o.programs.newPair(settings{})
	if err != nil {
		return nil, err
	}
	defer both.remove()
	shells := map[string]*ctlShell{}
	for _, s := range []*server{both.etcd, both.netsy} {
		if shells[s.name], err = newShell(o, s); err != nil {
			return nil, err
		}
		defer os.RemoveAll(shells[s.name].dir)
	}
	var differences []string
	for _, line := range group.lines {
		results := map[string]*string{"etcd": new(string), "netsy": new(string)}
		both.each(func(s *server) error { *results[s.name] = shells[s.name].run(line); return nil })
		if o.show {
			fmt.Printf("%s\n%s\n", line.text, *results["etcd"])
		}
		if *results["etcd"] != *results["netsy"] {
			differences = append(differences, fmt.Sprintf("line %d: %s", line.number, line.text), "etcd   "+indent(*results["etcd"]), "netsy  "+indent(*results["netsy"]))
		}
	}
	return differences, nil
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n            ") }

// ctlShell runs command lines against one server, in a folder of its own.
type ctlShell struct {
	t           *T
	dir         string
	env         []string
	memberNames *regexp.Regexp
}

func newShell(o *options, s *server) (*ctlShell, error) {
	t, err := newT(s)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.programs.dir, "etcdctl-"+s.name+"-")
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(), "PATH="+filepath.Dir(o.etcdctl)+":"+os.Getenv("PATH"), "ETCDCTL_ENDPOINTS="+s.endpoint, "ETCDCTL_API=3",
		fmt.Sprintf("MEMBER=%x", t.member), "ENDPOINT="+s.endpoint)
	members, err := t.cluster.MemberList(t.timeout(), &pb.MemberListRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range members.Members {
		names = append(names, regexp.QuoteMeta(m.Name))
	}
	return &ctlShell{t, dir, env, regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`)}, nil
}

// run gives exit code, standard output and standard error of a line in comparable form.
func (c *ctlShell) run(line ctlLine) string {
	ctx, cancel := context.WithTimeout(context.Background(), commandLimit)
	defer cancel()
	text := line.text
	if line.mode != "$" && line.mode != "$~" {
		text = "etcdctl " + text
	}
	command := exec.CommandContext(ctx, "bash", "-c", text)
	command.Dir, command.Env = c.dir, c.env
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	exit := 0
	if err := command.Run(); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			return err.Error()
		}
		exit = ended.ExitCode()
	}
	answer := c.comparable(line.mode, out.Bytes())
	if c.t.srv.cluster && listsMembers.MatchString(text) {
		answer = unordered(answer)
	}
	return fmt.Sprintf("exit %d\n%s%s", exit, answer, c.comparable("-", complaints.Bytes()))
}

// listsMembers tells the commands whose output has something of each member.
var listsMembers = regexp.MustCompile(`member list|--cluster\b`)

// betweenMembers is where what is told of one member ends, in JSON; in any other form it is told in lines.
var betweenMembers = regexp.MustCompile(`\[\{|\},\{|\}\]|\n+`)

// ownNumber is where other members' ids have become a number's N.
var ownNumber = regexp.MustCompile(`("ID"? ?: ?)MEMBER`)

// unordered sorts what a command says of each member: they come by their ids, which have no order in common on two clusters.
func unordered(text string) string {
	text = strings.ReplaceAll(ownNumber.ReplaceAllString(text, "${1}N"), "MEMBER", "ID")
	parts := betweenMembers.Split(text, -1)
	sort.Strings(parts)
	return strings.Join(parts, "\n")
}

var replacements = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`(?m)^\{"level":.*\n?`), ""}, // the client's own log, which has times and addresses in memory
	{regexp.MustCompile(`("?(?:cluster_id|member_id|raft_term|raftTerm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse|dbSizeQuota|leader)"?: ?)\d+`), "${1}N"},
	{regexp.MustCompile(`("(?:ClusterID|MemberID|RaftTerm|RaftIndex|RaftAppliedIndex|DBSize|DBSizeInUse|Leader)" : )\d+`), "${1}N"},
	{regexp.MustCompile(`("?ID"? ?: ?)\d{15,}`), "${1}N"},
	{regexp.MustCompile(`\b[0-9a-f]{15,16}\b`), "ID"},
	{regexp.MustCompile(`\d+(\.\d+)?(µs|ms|s)\b`), "TIME"},
	{regexp.MustCompile(`/tmp/\S+`), "PATH"},
}

var numbers = regexp.MustCompile(`\d+(\.\d+)?( ?[kMG]?B)?`)
var anyURL = regexp.MustCompile(`https?://[0-9.]+:\d+`)
var blanks = regexp.MustCompile(`[ \t]+|-{2,}`)

// comparable takes out what differs between any two servers; mode "~" takes out all numbers and the widths of columns.
func (c *ctlShell) comparable(mode string, output []byte) string {
	if kind, ok := strings.CutPrefix(mode, "pb:"); ok {
		return c.message(kind, output)
	}
	text := anyURL.ReplaceAllString(string(output), "URL")
	text = strings.ReplaceAll(text, c.t.srv.endpoint, "ENDPOINT")
	text = c.memberNames.ReplaceAllString(text, "NAME")
	text = strings.ReplaceAll(text, strconv.FormatUint(c.t.member, 10), "MEMBER")
	text = strings.ReplaceAll(text, fmt.Sprintf("%x", c.t.member), "MEMBER")
	text = strings.ReplaceAll(text, fmt.Sprintf("%x", c.t.names.cluster), "CLUSTER")
	for _, r := range replacements {
		text = r.pattern.ReplaceAllString(text, r.by)
	}
	if strings.HasSuffix(mode, "~") {
		text = blanks.ReplaceAllString(numbers.ReplaceAllString(text, "N"), " ")
	}
	return text
}

// answers are the messages that etcdctl -w protobuf writes in this list.
var answers = map[string]proto.Message{
	"Put": &pb.PutResponse{}, "Range": &pb.RangeResponse{}, "Delete": &pb.DeleteRangeResponse{}, "Txn": &pb.TxnResponse{}, "Members": &pb.MemberListResponse{},
	"Watch": &pb.WatchResponse{}, "Header": &pb.ResponseHeader{}, "Users": &pb.AuthUserListResponse{}, "Alarms": &pb.AlarmResponse{},
}

func (c *ctlShell) message(kind string, output []byte) string {
	known := answers[kind]
	if known == nil {
		return "the list asks for an unknown message " + kind
	}
	message := reflect.New(reflect.TypeOf(known).Elem()).Interface().(proto.Message)
	if err := proto.Unmarshal(output, message); err != nil {
		return fmt.Sprintf("no %s: %v: %s", kind, err, c.comparable("-", output))
	}
	c.t.base = 0
	return c.t.render(message)
}

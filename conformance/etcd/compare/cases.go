package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
)

// testCase is one scenario that runs on both servers and must leave the same transcript.
type testCase struct {
	name string
	run  func(*T)
	// fresh asks for a pair of servers that nothing was written to.
	fresh bool
	// restarts says that the case ends and starts its server, which only works with servers of our own. Implies fresh.
	restarts bool
	// settings other than the defaults imply fresh too.
	settings settings
}

func (c testCase) ownServers() bool { return c.fresh || c.restarts || c.settings != settings{} }

// allCases is the table, service by service.
func allCases() []testCase {
	var all []testCase
	for _, some := range [][]testCase{freshCases(), rangeCases(), writeCases(), txnCases(), txnCheckCases(), compactCases(),
		watchCreateCases(), watchCases(), leaseCases(), maintenanceCases(), hashCases(), clusterCases(), authCases(),
		authEnforcementCases(), lockCases(), electionCases(), limitCases(), metadataCases(), httpCases(), gatewayCases(),
		restartCases()} {
		all = append(all, some...)
	}
	return all
}

// caseRunner runs cases one after another on a shared pair, and on fresh pairs where a case asks for it.
type caseRunner struct {
	programs *programs
	show     bool
	shared   *pair
	passed   int
	failed   []string
	notRun   []string
}

func (r *caseRunner) runAll(cases []testCase) {
	for _, c := range cases {
		if c.ownServers() && r.programs.endpoint != "" {
			r.notRun = append(r.notRun, c.name)
			continue
		}
		r.runOne(c)
	}
	if r.shared != nil {
		r.shared.remove()
	}
}

// leaderChanged is what etcd says when it elected another leader under a request: no word about the case.
const leaderChanged = "etcdserver: leader changed"

// runOne runs a case; once more, on a new pair, where etcd itself was not in a state to be compared with.
func (r *caseRunner) runOne(c testCase) {
	started := time.Now()
	both, transcripts, err := r.attempt(c)
	if why := disturbance(transcripts, err); why != "" {
		fmt.Printf("again %s: %s\n", c.name, why)
		r.discard(both)
		both, transcripts, err = r.attempt(c)
	}
	if err != nil {
		r.fail(c, []string{err.Error()})
		r.discard(both)
		return
	}
	before := len(r.failed)
	r.judge(c, transcripts, time.Since(started))
	if both != r.shared || len(r.failed) > before {
		r.discard(both)
	}
}

// attempt prepares servers and runs the case on them; the pair is nil when there is none.
func (r *caseRunner) attempt(c testCase) (*pair, map[string][]string, error) {
	both, err := r.pairFor(c)
	if err != nil {
		return both, nil, fmt.Errorf("could not prepare the servers: %w", err)
	}
	transcripts, err := runOnBoth(c, both)
	return both, transcripts, err
}

// disturbance tells why a case is worth another attempt, or "".
func disturbance(transcripts map[string][]string, err error) string {
	if err != nil && strings.Contains(err.Error(), leaderChanged) {
		return err.Error()
	}
	for _, line := range transcripts["etcd"] {
		if strings.Contains(line, leaderChanged) {
			return "etcd: " + line
		}
	}
	return ""
}

// discard ends a pair that is not to be used again.
func (r *caseRunner) discard(both *pair) {
	if both == nil || both == r.shared {
		r.dropShared()
	} else {
		both.remove()
	}
}

// pairFor gives the servers for a case: cleaned ones, or fresh ones.
func (r *caseRunner) pairFor(c testCase) (*pair, error) {
	if c.ownServers() && r.programs.endpoint == "" {
		return r.programs.newPair(c.settings)
	}
	if r.shared == nil {
		both, err := r.programs.newPair(settings{})
		r.shared = both
		return both, err
	}
	if r.programs.endpoint != "" {
		return r.shared, r.shared.align()
	}
	return r.shared, r.shared.each(cleanUp)
}

// dropShared ends the shared servers after a difference, so that the next case is not misled by its remains.
func (r *caseRunner) dropShared() {
	if r.shared != nil && r.programs.endpoint == "" {
		r.shared.remove()
		r.shared = nil
	}
}

// runOnBoth runs the case on both servers at once.
func runOnBoth(c testCase, both *pair) (map[string][]string, error) {
	transcripts := map[string][]string{}
	views := map[string]*T{}
	for _, s := range []*server{both.etcd, both.netsy} {
		t, err := newT(s)
		if err != nil {
			return nil, err
		}
		views[s.name] = t
	}
	both.each(func(s *server) error {
		runGuarded(c, views[s.name])
		return nil
	})
	for name, t := range views {
		transcripts[name] = t.lines
	}
	return transcripts, nil
}

// runGuarded turns a panic of a case (a nil answer that the case relies on) into a line of the transcript.
func runGuarded(c testCase, t *T) {
	defer func() {
		if broken := recover(); broken != nil {
			t.say("the case could not go on: %v", broken)
		}
	}()
	c.run(t)
}

func (r *caseRunner) judge(c testCase, transcripts map[string][]string, took time.Duration) {
	etcd, netsy := transcripts["etcd"], transcripts["netsy"]
	if r.show {
		fmt.Printf("%s\n    %s\n", c.name, strings.Join(etcd, "\n    "))
	}
	if differences := diff(etcd, netsy); len(differences) > 0 {
		r.fail(c, differences)
		return
	}
	if last := etcd[max(0, len(etcd)-1):]; len(last) == 0 || strings.HasPrefix(last[0], "the case could not go on") {
		r.fail(c, append([]string{"the case itself is broken: it fails on etcd"}, last...))
		return
	}
	r.passed++
	fmt.Printf("ok   %s (%d lines, %d ms)\n", c.name, len(etcd), took.Milliseconds())
}

func (r *caseRunner) fail(c testCase, differences []string) {
	r.failed = append(r.failed, c.name)
	const shown = 14
	fmt.Printf("FAIL %s\n", c.name)
	for i, line := range differences {
		if i == shown {
			fmt.Printf("     ... and %d lines more\n", len(differences)-shown)
			break
		}
		fmt.Printf("     %s\n", line)
	}
}

// diff gives the lines in which the transcripts differ, each with the request before it.
func diff(etcd, netsy []string) []string {
	var out []string
	for i := 0; i < max(len(etcd), len(netsy)); i++ {
		left, right := line(etcd, i), line(netsy, i)
		if left == right {
			continue
		}
		if i > 0 {
			out = append(out, "after  "+line(etcd, i-1))
		}
		out = append(out, "etcd   "+left, "netsy  "+right)
	}
	return out
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// cleanUp brings a server back to no keys, leases, alarms, users and roles; its revisions go on.
func cleanUp(s *server) error {
	t := bareT(s)
	t.disableAuth()
	if leases, err := t.lease.LeaseLeases(t.timeout(), &pb.LeaseLeasesRequest{}); err == nil {
		for _, lease := range leases.Leases {
			t.lease.LeaseRevoke(t.timeout(), &pb.LeaseRevokeRequest{ID: lease.ID})
		}
	}
	alarms, err := t.maintenance.Alarm(t.timeout(), &pb.AlarmRequest{})
	if err != nil {
		return err
	}
	for _, alarm := range alarms.Alarms {
		disarm := &pb.AlarmRequest{Action: pb.AlarmRequest_DEACTIVATE, MemberID: alarm.MemberID, Alarm: alarm.Alarm}
		if _, err := t.maintenance.Alarm(t.timeout(), disarm); err != nil {
			return err
		}
	}
	_, err = t.kv.DeleteRange(t.timeout(), &pb.DeleteRangeRequest{Key: []byte{0}, RangeEnd: []byte{0}})
	return err
}

// disableAuth ends authentication with the password that all cases give to root, and deletes users and roles.
func (t *T) disableAuth() {
	if _, err := t.kv.Range(t.timeout(), &pb.RangeRequest{Key: []byte("probe")}); err != nil {
		if login, err := t.auth.Authenticate(t.timeout(), &pb.AuthenticateRequest{Name: "root", Password: rootPassword}); err == nil {
			t.with("token", login.Token).do(func(t *T) { t.auth.AuthDisable(t.timeout(), &pb.AuthDisableRequest{}) })
		}
	}
	users, err := t.auth.UserList(t.timeout(), &pb.AuthUserListRequest{})
	if err != nil {
		return
	}
	for _, user := range users.Users {
		t.auth.UserDelete(t.timeout(), &pb.AuthUserDeleteRequest{Name: user})
	}
	if roles, err := t.auth.RoleList(t.timeout(), &pb.AuthRoleListRequest{}); err == nil {
		for _, role := range roles.Roles {
			t.auth.RoleDelete(t.timeout(), &pb.AuthRoleDeleteRequest{Role: role})
		}
	}
}

// selectCases keeps those whose name matches only and not except, unless that is empty.
func selectCases(cases []testCase, only, except string) ([]testCase, error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	leftOut, err := regexp.Compile(except)
	if err != nil {
		return nil, err
	}
	var chosen []testCase
	for _, c := range cases {
		if pattern.MatchString(c.name) && (except == "" || !leftOut.MatchString(c.name)) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}
